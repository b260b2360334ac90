import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { endWithUs } from '@ostiary/runtime/kafka'

export type ServiceId = 'enricher' | 'detector' | 'census' | 'desk'

const heapMb = 256
/** A service finishes what is under way; after this it is ended without asking. */
const stopMsMax = 30_000

export interface ServiceProcessOptions {
  readonly service: ServiceId
  /** Which of the processes of this service, in order of their starts. */
  readonly name: string
  /** The command, which takes `run <service>`. */
  readonly program: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly logFile: string
}

/** One instance of a service, in a process of its own that can be killed and stopped. */
export class ServiceProcess {
  readonly service: ServiceId
  readonly name: string
  readonly logFile: string
  /** Resolves when it is gone, however it ended. */
  readonly ended: Promise<void>
  readonly #child: ChildProcess
  #isGone = false
  #isPaused = false
  #isWanted = true

  constructor({ service, name, program, args, env, logFile }: ServiceProcessOptions) {
    this.service = service
    this.name = name
    this.logFile = logFile
    const output = openSync(logFile, 'w', 0o600)
    this.#child = spawn(process.execPath, [`--max-old-space-size=${heapMb}`, program, 'run', service, ...args], {
      env,
      detached: true,
      stdio: ['ignore', output, output],
    })
    closeSync(output)
    endWithUs(this.#child)
    this.ended = new Promise((resolve) => {
      const end = (): void => {
        this.#isGone = true
        resolve()
      }
      this.#child.once('exit', end)
      this.#child.once('error', end)
    })
  }

  get isGone(): boolean {
    return this.#isGone
  }

  get isPaused(): boolean {
    return this.#isPaused && !this.#isGone
  }

  /** Whether nobody has told it to end: where it ends all the same, it is to be started again. */
  get isWanted(): boolean {
    return this.#isWanted
  }

  /** How it ended, in words. */
  get end(): string {
    const { exitCode, signalCode } = this.#child
    return signalCode === null ? `exit code ${exitCode}` : signalCode
  }

  async kill(): Promise<void> {
    this.#isWanted = false
    this.#child.kill('SIGKILL')
    await this.ended
  }

  /** Ends it in order. Resolves to whether it had to be killed in the end. */
  async stop(): Promise<boolean> {
    this.#isWanted = false
    this.resume()
    let killed = false
    this.#child.kill('SIGTERM')
    const limit = setTimeout(() => {
      killed = true
      this.#child.kill('SIGKILL')
    }, stopMsMax)
    await this.ended
    clearTimeout(limit)
    return killed
  }

  /** Stops it where it stands, as a machine does that hangs. */
  pause(): void {
    this.#isPaused = true
    this.#child.kill('SIGSTOP')
  }

  resume(): void {
    this.#isPaused = false
    this.#child.kill('SIGCONT')
  }
}
