import type { Alert } from '@ostiary/schemas'
import { DeliveryQueue } from './delivery-queue.ts'
import { HttpReceiver } from './http-receiver.ts'
import { type Attempt, keepTrying, type RetryOptions } from './keep-trying.ts'
import { receiverUrl } from './receiver-url.ts'
import { newSinkCounts, type SinkCounts } from './sink.ts'

/** What sinks over HTTP have in common. */
export interface HttpSinkOptions extends Omit<RetryOptions, 'onRetry'> {
  readonly url: string
  /** Lets alerts cross a network in clear. */
  readonly allowClear?: boolean | undefined
  /** PEM of the authorities to trust, where they are not those that come with Node.js. */
  readonly ca?: string | undefined
  /** For one attempt. */
  readonly timeoutMs?: number | undefined
  /** Alerts that wait or are under way; `write` waits when there are as many. */
  readonly waitingMax?: number | undefined
  /** Called with what the receiver refused for good; it has been logged. */
  readonly onRefused?: ((alert: Alert, why: string) => void) | undefined
}

interface Posting {
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
  /** Called when the receiver has confirmed it. */
  readonly onTaken?: () => void
}

const timeoutMsByDefault = 10_000
/** Deliveries at a time, of different findings. */
const lanes = 4

/** Posts alerts: in order within a finding, each until it is taken or refused. */
export class HttpDelivery {
  readonly counts: SinkCounts = newSinkCounts()
  readonly #options: HttpSinkOptions
  readonly #action: string
  readonly #postingOf: (alerts: readonly Alert[]) => Posting
  readonly #receiver: HttpReceiver
  readonly #queue: DeliveryQueue

  /** @param postingOf what to send; asked anew at every attempt */
  constructor(options: HttpSinkOptions, batchMax: number, postingOf: (alerts: readonly Alert[]) => Posting) {
    const { ca, signal, waitingMax, timeoutMs = timeoutMsByDefault } = options
    const url = receiverUrl(options.url, options)
    this.#options = options
    // The path is left out: with some receivers it is the secret.
    this.#action = `send alerts to ${url.origin}`
    this.#postingOf = postingOf
    this.#receiver = new HttpReceiver({ url, connections: lanes, timeoutMs, ca, signal })
    this.#queue = new DeliveryQueue({
      deliver: (alerts) => this.#deliver(alerts),
      counts: this.counts,
      lanes,
      batchMax,
      waitingMax,
    })
  }

  write(alert: Alert): Promise<void> {
    return this.#queue.write(alert)
  }

  flush(): Promise<void> {
    return this.#queue.flush()
  }

  async close(): Promise<void> {
    try {
      await this.#queue.flush()
    } finally {
      this.#receiver.close()
    }
  }

  async #deliver(alerts: readonly Alert[]): Promise<void> {
    const result = await keepTrying(this.#action, () => this.#attempt(alerts), {
      ...this.#options,
      onRetry: () => {
        this.counts.retries += 1
      },
    })
    if (result.outcome === 'taken') this.counts.sent += alerts.length
    // One of them may be the reason: the others are not to suffer for it.
    else if (alerts.length > 1) for (const alert of alerts) await this.#deliver([alert])
    else for (const alert of alerts) this.#refuse(alert, result.why)
  }

  async #attempt(alerts: readonly Alert[]): Promise<Attempt> {
    let posting: Posting
    try {
      posting = this.#postingOf(alerts)
    } catch (error) {
      // A value that the form cannot hold, such as a time far out of range: no attempt will mend it.
      return { outcome: 'refused', why: `it cannot be written: ${error instanceof Error ? error.message : error}` }
    }
    const result = await this.#receiver.post(posting.body, posting.headers)
    if (result.outcome === 'taken') posting.onTaken?.()
    return result
  }

  #refuse(alert: Alert, why: string): void {
    const { log, onRefused } = this.#options
    this.counts.refused += 1
    log.error(
      { finding: alert.finding_uid, revision: alert.revision, why },
      `${this.#action}: refused for good, so this alert is dropped`,
    )
    onRefused?.(alert, why)
  }
}
