import { createHash } from 'node:crypto'
import { resolveIdentity } from '@ostiary/models'
import { normaliseRecord, type SourceId } from '@ostiary/schemas'
import { invalidJson, parseRecord } from '../reading/parse-record.ts'

/** Hex digits of a key: 64 bits spread identities over partitions as evenly as more would. */
const keyDigits = 16

export interface RawKeyOptions {
  readonly tenant: string
  /** The format, where it is given and not to be detected: as the enricher is told. */
  readonly source?: SourceId | undefined
}

/**
 * Makes the function that gives a raw record its Kafka key. A bare record is keyed by who acted, so that one identity's
 * records lie in one partition, in the order in which they were sent. Whatever else there is (an envelope, which may hold
 * several identities, a record that gives no event, bytes that are no JSON) is keyed by its bytes. Either way the same bytes
 * give the same key: a repeat lies where its first lies, and only there can the enricher drop it. Total and without state.
 */
export function rawKey({ tenant, source }: RawKeyOptions): (bytes: Buffer) => string {
  return (bytes) => {
    const identity = identityOf(bytes, source)
    return hashOf(identity === undefined ? bytes : `${tenant}\n${identity}`)
  }
}

function identityOf(bytes: Buffer, source: SourceId | undefined): string | undefined {
  const parsed = parseRecord(bytes)
  if (parsed === invalidJson) return undefined
  let identity: string | undefined
  normaliseRecord(
    parsed,
    (outcome, record) => {
      // What comes out of an envelope is another object than the one that went in.
      if (record !== parsed || outcome.kind !== 'event') return
      // What the caller used changes the identity's type, never its key.
      identity = resolveIdentity(outcome.event, 'other').key
    },
    source,
  )
  return identity
}

function hashOf(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex').slice(0, keyDigits)
}
