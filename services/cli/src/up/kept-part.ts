import { setTimeout as sleep } from 'node:timers/promises'
import { OstiaryError } from '@ostiary/schemas'
import type { Part, PartEnd, RunningPart } from './part.ts'

/** Waits before a start: the first of these, doubled each time, and never more than the second. */
const waitMsFirst = 1000
const waitMsMax = 30_000
/** Starts in a row that come to nothing, after which it is given up. */
const restartsMax = 10
/** Whoever has run for this long has not failed to start. */
const steadyMs = 60_000

export interface KeepOptions {
  readonly signal: AbortSignal
  /** Told of every end that nobody asked for. */
  readonly onEnd: (text: string) => void
  /** Told when it is given up. */
  readonly onLost: (error: OstiaryError) => void
  /** How it waits; for tests. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>
}

/** A part that is started again when it ends before it is stopped. */
export class KeptPart {
  readonly name: string
  readonly #part: Part
  readonly #options: KeepOptions
  readonly #stopping: AbortController = new AbortController()
  readonly #kept: Promise<void>
  #running: RunningPart

  private constructor(part: Part, running: RunningPart, options: KeepOptions) {
    this.name = part.name
    this.#part = part
    this.#running = running
    this.#options = options
    this.#kept = this.#keep()
  }

  /** Throws where the first start comes to nothing: then something is wrong that trying again would not mend. */
  static async start(part: Part, options: KeepOptions): Promise<KeptPart> {
    return new KeptPart(part, await part.start(options.signal), options)
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running.stop()
    await this.#kept
  }

  async #keep(): Promise<void> {
    const { onEnd, onLost, wait = waitFor } = this.#options
    const { signal } = this.#stopping
    let failures = 0
    for (;;) {
      const startedMs = performance.now()
      const { text, final } = await this.#running.ended
      if (signal.aborted) return
      failures = performance.now() - startedMs >= steadyMs ? 1 : failures + 1
      if (final || failures > restartsMax) {
        onLost(new OstiaryError('internal', `${this.name} ended ${final ? 'for good' : `${failures} times`}: ${text}`))
        return
      }
      const waitMs = Math.min(waitMsMax, waitMsFirst * 2 ** (failures - 1))
      onEnd(`${this.name} ended: ${text}. It is started again in ${waitMs / 1000} s`)
      await wait(waitMs, signal)
      if (signal.aborted) return
      this.#running = await this.#part.start(signal).catch(notRunning)
      // It was asked to stop while it started.
      if (signal.aborted) {
        await this.#running.stop()
        return
      }
    }
  }
}

function notRunning(error: unknown): RunningPart {
  const end: PartEnd = { text: error instanceof Error ? error.message : String(error), final: false }
  return { ended: Promise.resolve(end), stop: async () => undefined }
}

async function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined)
}
