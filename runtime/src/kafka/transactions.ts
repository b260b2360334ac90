import type { Producer } from 'kafkajs'
import { fenceKey } from './changelog-writer.ts'

/** Waits for the transaction before to end, doubled up to the last. */
const previousEndsFirstWaitMs = 5
const previousEndsLastWaitMs = 5000

/**
 * The client initialises a transactional id with its first transaction only, so one is made at once. Its record in the
 * changelog can be read once everything before it can: a broker that has just come back after a crash may else tell of an
 * end of the log, and of committed offsets, that lie before the last commit.
 *
 * @returns the record's offset
 */
export async function fenceOthers(producer: Producer, topic: string, partition: number): Promise<number> {
  const transaction = await producer.transaction()
  try {
    const messages = [{ key: fenceKey, value: String(partition), partition }]
    const [written] = await transaction.send({ topic, acks: -1, messages })
    await transaction.commit()
    return Number(written!.baseOffset)
  } catch (error) {
    if (transaction.isActive()) await transaction.abort().catch(() => undefined)
    throw error
  }
}

/**
 * Tries again while the broker is still writing the end of the transaction before, which takes it some ms; the client does
 * so itself for records, but not for offsets.
 */
export async function whilePreviousEnds(action: () => Promise<void>): Promise<void> {
  for (let waitMs = previousEndsFirstWaitMs; ; waitMs = Math.min(waitMs * 2, previousEndsLastWaitMs)) {
    try {
      await action()
      return
    } catch (error) {
      if ((error as { type?: string }).type !== 'CONCURRENT_TRANSACTIONS' || waitMs >= previousEndsLastWaitMs)
        throw error
      await new Promise((resolve) => setTimeout(resolve, waitMs))
    }
  }
}

/** Whether an error says that another producer has the transactional id now. */
export function isFenced(error: unknown): boolean {
  const { type, cause } = (error ?? {}) as { readonly type?: string; readonly cause?: { readonly type?: string } }
  const reason = type ?? cause?.type
  return reason === 'PRODUCER_FENCED' || reason === 'INVALID_PRODUCER_EPOCH' || reason === 'INVALID_PRODUCER_ID_MAPPING'
}
