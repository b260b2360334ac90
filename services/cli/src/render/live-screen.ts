import type { EventScore } from '@ostiary/models'
import type { Alert } from '@ostiary/schemas'
import { liveView, type ShownEvent } from './live-view.ts'

/** Numbers of a run that is under way. */
export interface LiveCounts {
  readonly events: number
  readonly nowMs: number
  readonly identities: number
  readonly alerts: number
  readonly digest: number
}

const alertsShownMax = 50
const surprisesShownMax = 20
/** How long, in event time, a surprise stays in view. */
const surpriseStaysMs = 6 * 3_600_000
const frameMs = 120
const rateWindowMs = 2000

/** The live view on the terminal: drawn in place, a few times a second. */
export class LiveScreen {
  readonly #title: string
  readonly #nameOf: (uid: string) => string | undefined
  #alerts: Alert[] = []
  #surprises: ShownEvent[] = []
  #drawnMs = 0
  #rate = 0
  #rateEvents = 0
  #rateMs: number = performance.now()

  constructor(title: string, nameOf: (uid: string) => string | undefined) {
    this.#title = title
    this.#nameOf = nameOf
    // The alternate screen keeps what was on the terminal before; the cursor would only flicker.
    process.stdout.write('\u001b[?1049h\u001b[?25l')
  }

  addAlert(alert: Alert): void {
    const others = this.#alerts.filter((held) => held.finding_uid !== alert.finding_uid)
    this.#alerts = [alert, ...others].slice(0, alertsShownMax)
  }

  addScore({ event, score }: EventScore): void {
    const least = this.#surprises[this.#surprises.length - 1]
    if (this.#surprises.length >= surprisesShownMax && least !== undefined && score <= least.score) return
    const from = event.src.asn > 0 ? `AS${event.src.asn} ${event.src.country}` : event.src.svc_name
    const operation = `${event.api.service}:${event.api.operation}`
    this.#surprises = [
      ...this.#surprises.filter((held) => held.time > event.time - surpriseStaysMs),
      { time: event.time, identity: event.identity.uid, operation, from, score },
    ]
      .sort((a, b) => b.score - a.score)
      .slice(0, surprisesShownMax)
  }

  /** Draws, unless it did so just now. */
  show(counts: LiveCounts): void {
    const nowMs = performance.now()
    if (nowMs - this.#drawnMs < frameMs) return
    this.#drawnMs = nowMs
    if (nowMs - this.#rateMs >= rateWindowMs || this.#rate === 0) {
      this.#rate = ((counts.events - this.#rateEvents) / Math.max(nowMs - this.#rateMs, 1)) * 1000
      this.#rateEvents = counts.events
      this.#rateMs = nowMs
    }
    const lines = this.#lines(counts)
    process.stdout.write(`\u001b[H${lines.map((line) => `${line}\u001b[K`).join('\n')}\u001b[J`)
  }

  /** Gives the terminal back, with the last view left on it. */
  close(counts: LiveCounts): void {
    process.stdout.write(`\u001b[?1049l\u001b[?25h${this.#lines(counts).join('\n')}\n`)
  }

  #lines(counts: LiveCounts): string[] {
    const facts = {
      title: this.#title,
      nowMs: counts.nowMs,
      events: counts.events,
      rate: this.#rate,
      identities: counts.identities,
      pages: counts.alerts,
      digest: counts.digest,
      alerts: this.#alerts,
      surprises: this.#surprises,
      nameOf: this.#nameOf,
    }
    return liveView(facts, process.stdout.columns ?? 100, process.stdout.rows ?? 30)
  }
}
