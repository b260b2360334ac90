import type { Alert } from '@ostiary/schemas'
import { SentRevisions } from './sent-revisions.ts'
import type { SinkCounts } from './sink.ts'

export interface DeliveryQueueOptions {
  /** Passes on alerts of a lane; resolves when they are confirmed or refused for good. One call a lane at a time. */
  readonly deliver: (alerts: readonly Alert[]) => Promise<void>
  readonly counts: SinkCounts
  /** Deliveries at a time. Each finding keeps to its lane, so that its revisions arrive in order. */
  readonly lanes: number
  /** Alerts of one delivery. */
  readonly batchMax: number
  /** Alerts that wait or are under way; `write` waits when there are as many. */
  readonly waitingMax?: number | undefined
  /** What was passed on before. */
  readonly sent?: SentRevisions | undefined
}

const waitingMaxByDefault = 1000

/** Alerts on their way, in order within each finding, each revision once. */
export class DeliveryQueue {
  readonly #options: DeliveryQueueOptions
  readonly #waitingMax: number
  readonly #lanes: Alert[][]
  readonly #work: Promise<void>[]
  readonly #sent: SentRevisions
  #held = 0
  #failure: { readonly error: unknown } | undefined
  #onRoom: (() => void) | undefined

  constructor(options: DeliveryQueueOptions) {
    this.#options = options
    this.#waitingMax = options.waitingMax ?? waitingMaxByDefault
    this.#sent = options.sent ?? new SentRevisions()
    this.#lanes = Array.from({ length: options.lanes }, () => [])
    this.#work = this.#lanes.map(() => Promise.resolve())
  }

  /** Takes an alert, when there is room. Rejects with what a delivery failed with. */
  async write(alert: Alert): Promise<void> {
    while (this.#held >= this.#waitingMax && this.#failure === undefined)
      await new Promise<void>((resolve) => {
        this.#onRoom = resolve
      })
    if (this.#failure !== undefined) return this.flush()
    const index = laneOf(alert.finding_uid, this.#lanes.length)
    const lane = this.#lanes[index]!
    lane.push(alert)
    this.#held += 1
    // A lane at work takes it along; its first alert has just set an idle one to work.
    if (lane.length === 1) this.#work[index] = this.#work[index]!.then(() => this.#run(lane))
  }

  /** Resolves when nothing is on its way. Rejects with what a delivery failed with; the queue can be used again then. */
  async flush(): Promise<void> {
    await Promise.all(this.#work)
    if (this.#failure === undefined) return
    const { error } = this.#failure
    this.#failure = undefined
    throw error
  }

  async #run(lane: Alert[]): Promise<void> {
    while (lane.length > 0) {
      const batch = lane.splice(0, this.#options.batchMax)
      const fresh = this.#failure === undefined ? this.#freshOf(batch) : []
      try {
        if (fresh.length > 0) await this.#options.deliver(fresh)
        for (const alert of fresh) this.#sent.add(alert)
      } catch (error) {
        this.#failure ??= { error }
      }
      this.#held -= batch.length
      this.#onRoom?.()
    }
  }

  /** What has not been passed on yet. */
  #freshOf(batch: readonly Alert[]): readonly Alert[] {
    const here = new SentRevisions()
    return batch.filter((alert) => {
      const isFresh = !this.#sent.has(alert) && !here.has(alert)
      if (isFresh) here.add(alert)
      else this.#options.counts.repeated += 1
      return isFresh
    })
  }
}

/** The lane of a finding: always the same one. */
function laneOf(uid: string, lanes: number): number {
  let sum = 0
  for (let i = 0; i < uid.length; i++) sum = (sum * 31 + uid.charCodeAt(i)) >>> 0
  return sum % lanes
}
