import { headBytesMax, type RawItem } from '../reading/raw-item.ts'

/** How a producer takes what a delivery hands it. */
export interface RawQueue {
  /** Why bytes of this length are not sent; nothing where they are. */
  refusalOf(length: number): string | undefined
  /**
   * Takes bytes and copies them; a promise where the caller has to wait before the next. `isRecord` is handed back with the
   * answer. Throws what ended the producer.
   */
  enqueue(bytes: Buffer, delivery: RawDelivery, isRecord: boolean): Promise<void> | undefined
}

/** Why bytes are no record that was sent, for the sender to read. */
export interface RawRefusal {
  readonly reason: string
  readonly index: number
  readonly byteOffset: number
  readonly length: number
  readonly detail: string
}

/** Refusals that are told one by one; the others are counted. */
export const refusalsToldMax = 20

/**
 * What one sender hands to a producer, in its order: a file, a request, a run. Every item ends acknowledged or refused, and
 * what is refused has a reason. Bytes that the reading rejects are sent as they are where they are at hand as a whole, so
 * that the enricher lays them to the dead letters; they count as refused here all the same.
 */
export class RawDelivery {
  readonly origin: string
  /** Records that Kafka has. */
  acknowledged = 0
  /** Items that are no records, or too long, by reason. */
  readonly refused: Map<string, number> = new Map()
  /** The first refusals. */
  readonly refusals: RawRefusal[] = []
  #waiting = 0
  #error: unknown
  #failed = false
  #done: { readonly resolve: () => void; readonly reject: (error: unknown) => void } | undefined
  readonly #queue: RawQueue

  constructor(queue: RawQueue, origin: string) {
    this.#queue = queue
    this.origin = origin
  }

  /** Whether nothing of it waits. */
  get idle(): boolean {
    return this.#waiting === 0
  }

  /** Items refused, of all reasons. */
  get refusedCount(): number {
    let sum = 0
    for (const count of this.refused.values()) sum += count
    return sum
  }

  /**
   * Takes the next item; its bytes are copied. Where this gives a promise, the producer is full: wait for it before the next.
   *
   * @throws OstiaryError what ended the producer
   */
  take(item: RawItem): Promise<void> | undefined {
    if (item.kind === 'record') return this.#takeRecord(item.bytes, item)
    this.#refuse(item)
    const isWhole = item.length > 0 && item.length <= headBytesMax && item.reason !== 'bytes.oversized'
    if (!isWhole || this.#queue.refusalOf(item.length) !== undefined) return undefined
    return this.#enqueue(item.head, false)
  }

  #takeRecord(
    bytes: Buffer,
    place: { readonly index: number; readonly byteOffset: number },
  ): Promise<void> | undefined {
    const refusal = this.#queue.refusalOf(bytes.length)
    if (refusal === undefined) return this.#enqueue(bytes, true)
    this.#refuse({ ...place, reason: 'bytes.oversized', length: bytes.length, detail: refusal })
    return undefined
  }

  #enqueue(bytes: Buffer, isRecord: boolean): Promise<void> | undefined {
    const wait = this.#queue.enqueue(bytes, this, isRecord)
    this.#waiting += 1
    return wait
  }

  /** Resolves when nothing of this delivery waits; rejects with what ended the producer. To be asked once at a time. */
  async settled(): Promise<void> {
    if (this.#failed) throw this.#error
    if (this.#waiting === 0) return
    await new Promise<void>((resolve, reject) => {
      this.#done = { resolve, reject }
    })
  }

  /** For the producer: Kafka has the next, in the order in which they were taken. */
  acknowledge(isRecord: boolean): void {
    if (isRecord) this.acknowledged += 1
    this.#settleOne()
  }

  /** For the producer: the broker does not take these bytes. */
  refuse(isRecord: boolean, length: number, detail: string): void {
    // A reject of the reading is counted already.
    if (isRecord) this.#refuse({ reason: 'bytes.oversized', index: -1, byteOffset: -1, length, detail })
    this.#settleOne()
  }

  /** For the producer: it has come to its end. */
  fail(error: unknown): void {
    this.#failed = true
    this.#error = error
    this.#done?.reject(error)
  }

  #settleOne(): void {
    this.#waiting -= 1
    if (this.#waiting === 0) this.#done?.resolve()
  }

  #refuse({ reason, index, byteOffset, length, detail }: RawRefusal): void {
    this.refused.set(reason, (this.refused.get(reason) ?? 0) + 1)
    if (this.refusals.length < refusalsToldMax) this.refusals.push({ reason, index, byteOffset, length, detail })
  }
}
