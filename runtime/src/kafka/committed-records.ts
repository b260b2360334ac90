import { createRequire } from 'node:module'

/** A record as the client has decoded it, with what is known of its batch. */
export interface FetchedRecord {
  readonly offset: string
  readonly key: Buffer | null
  /** The client hides control records from whoever consumes, and counts their offsets. */
  isControlRecord: boolean
  readonly batchContext: { readonly producerId: string; readonly inTransaction: boolean }
}

/** A transaction that was given up, as a broker tells of it: in the order of their ends, not of their beginnings. */
export interface AbortedTransaction {
  readonly producerId: string
  readonly firstOffset: string
}

interface FetchedPartition {
  abortedTransactions?: readonly AbortedTransaction[] | null
  readonly messages: readonly FetchedRecord[]
}

interface FetchAnswer {
  readonly responses: readonly { readonly partitions: readonly FetchedPartition[] }[]
}

interface ClientBroker {
  fetch(this: unknown, request: unknown): Promise<FetchAnswer>
}

/** Of a control record that ends a transaction by giving it up: version 0, type 0. */
const abortKey = Buffer.from([0, 0, 0, 0])

/**
 * Makes records of transactions that were given up look like control records, so that the client hides them. Each lies
 * between the first offset of its transaction and its producer's next abort marker; transactions of several producers
 * interleave, and a fetch may begin in the midst of them. After what Kafka's own consumer does (CompletedFetch.java).
 *
 * @param records of one partition, by offset
 */
export function hideAborted(records: readonly FetchedRecord[], aborted: readonly AbortedTransaction[]): void {
  const coming = aborted
    .map(({ producerId, firstOffset }) => ({ producerId, firstOffset: Number(firstOffset) }))
    .sort((one, other) => one.firstOffset - other.firstOffset)
  const open = new Set<string>()
  let next = 0
  for (const record of records) {
    const offset = Number(record.offset)
    for (; next < coming.length && coming[next]!.firstOffset <= offset; next++) open.add(coming[next]!.producerId)
    const { producerId, inTransaction } = record.batchContext
    if (!open.has(producerId)) continue
    if (!record.isControlRecord) record.isControlRecord = inTransaction
    else if (record.key?.equals(abortKey) === true) open.delete(producerId)
  }
}

/**
 * Sees to it that consumers of this process get committed records only. The client takes up one aborted transaction for
 * each record, in the order that the broker gives, and so lets records of interleaved ones through.
 */
export function readCommittedOnly(): void {
  const Broker = createRequire(import.meta.url)('kafkajs/src/broker') as { readonly prototype: ClientBroker }
  const { prototype } = Broker
  if (repaired.has(prototype)) return
  repaired.add(prototype)
  const { fetch } = prototype
  prototype.fetch = async function (request) {
    const answer = await fetch.call(this, request)
    for (const { partitions } of answer.responses)
      for (const partition of partitions) {
        const { abortedTransactions, messages } = partition
        if (abortedTransactions === undefined || abortedTransactions === null || abortedTransactions.length === 0)
          continue
        hideAborted(messages, abortedTransactions)
        partition.abortedTransactions = []
      }
    return answer
  }
}

const repaired: WeakSet<ClientBroker> = new WeakSet()
