/** Something that runs until it is stopped: a broker, a registry, a service. */
export interface Part {
  readonly name: string
  /** Starts it and waits until it is at work. */
  start(signal: AbortSignal): Promise<RunningPart>
}

export interface RunningPart {
  /** Why it ended, once it has. Never rejects. */
  readonly ended: Promise<PartEnd>
  /** Resolves once it is gone. */
  stop(): Promise<void>
}

export interface PartEnd {
  readonly text: string
  /** Whether it would end the same way again: a configuration that cannot be, rights that are not there. */
  readonly final: boolean
}
