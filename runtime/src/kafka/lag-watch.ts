import type { Admin, Batch, Consumer } from 'kafkajs'
import type { Logger } from '../log/logger.ts'
import type { ServiceMetrics } from '../service/service-metrics.ts'
import { PartitionLag } from './partition-lag.ts'

/** How often the broker is asked for the ends of the partitions. */
const lookEveryMs = 5000

/** Where the reader of a partition stands. */
export interface Position {
  /** First offset that is not processed. */
  readonly next: number
  /** Append of what was processed last, ms; 0 for nothing. */
  readonly newestMs: number
}

export interface LagWatchOptions {
  readonly admin: Admin
  /** With its prefix. */
  readonly topic: string
  readonly groupId: string
  readonly log: Logger
  /** Where the readers stand that have begun; of others what is committed counts. */
  readonly positions: () => ReadonlyMap<number, Position>
}

/** Asks now and then how far behind the ends of their partitions this instance's readers are. */
export class LagWatch {
  readonly #options: LagWatchOptions
  readonly #lags: Map<number, PartitionLag> = new Map()
  readonly #timer: NodeJS.Timeout
  #lookedMs = Date.now()
  #looking = false

  constructor(consumer: Consumer, options: LagWatchOptions) {
    this.#options = options
    consumer.on('consumer.end_batch_process', ({ payload }) => {
      // Batches without records hold the ends of transactions; `done` tells of those behind records.
      if (payload.batchSize === 0) this.#lags.get(payload.partition)?.passed(Number(payload.lastOffset) + 1)
    })
    this.#timer = setInterval(() => void this.#look(), lookEveryMs)
    this.#timer.unref()
  }

  /** From now on these partitions are this instance's. */
  assign(partitions: ReadonlySet<number>): void {
    for (const partition of this.#lags.keys()) if (!partitions.has(partition)) this.#lags.delete(partition)
    for (const partition of partitions)
      if (!this.#lags.has(partition)) this.#lags.set(partition, new PartitionLag(Date.now()))
    void this.#look()
  }

  /**
   * All records of a batch are processed. What lies behind the last of them are ends of transactions, which the client passes over
   * with it and tells nobody of.
   */
  done(batch: Pick<Batch, 'partition' | 'lastOffset'>): void {
    this.#lags.get(batch.partition)?.passed(Number(batch.lastOffset()) + 1)
  }

  tell({ lagRecords, lagSeconds }: Pick<ServiceMetrics, 'lagRecords' | 'lagSeconds'>): void {
    const lags = [...this.#lags.values()].map((lag) => lag.at(Date.now(), this.#lookedMs))
    lagRecords.set(lags.reduce((sum, { records }) => sum + records, 0))
    lagSeconds.set(lags.reduce((most, { seconds }) => Math.max(most, seconds), 0))
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  async #look(): Promise<void> {
    // One question at a time: a broker that is away answers none for long.
    if (this.#looking || this.#lags.size === 0) return
    this.#looking = true
    const { admin, topic, log } = this.#options
    try {
      const ends = new Map(
        (await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => [partition, Number(high)]),
      )
      const positions = await this.#positions()
      const nowMs = Date.now()
      for (const [partition, lag] of this.#lags) {
        const { next, newestMs } = positions.get(partition) ?? { next: 0, newestMs: 0 }
        lag.look(next, ends.get(partition) ?? next, newestMs, nowMs)
      }
      this.#lookedMs = nowMs
    } catch (error) {
      log.debug({ err: error, topic }, 'cannot ask how far behind the end this is')
    } finally {
      this.#looking = false
    }
  }

  async #positions(): Promise<ReadonlyMap<number, Position>> {
    const { admin, topic, groupId, positions } = this.#options
    const known = positions()
    if ([...this.#lags.keys()].every((partition) => known.has(partition))) return known
    const [committed] = await admin.fetchOffsets({ groupId, topics: [topic] })
    return new Map([
      ...(committed?.partitions ?? []).map(
        ({ partition, offset }) => [partition, { next: Math.max(0, Number(offset)), newestMs: 0 }] as const,
      ),
      ...known,
    ])
  }
}
