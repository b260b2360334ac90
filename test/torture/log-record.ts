import type { TopicName } from '@ostiary/runtime/kafka'

/** A committed record as it was read back from its topic. */
export interface LogRecord {
  readonly partition: number
  readonly offset: number
  /** When it was appended, ms since the Unix epoch. */
  readonly timeMs: number
  readonly key: string | null
  readonly value: Buffer | null
  /** The `raw` header, where there is one. */
  readonly raw?: string | undefined
  /** What an Avro value says. */
  readonly decoded?: { readonly name: string; readonly value: unknown } | undefined
}

/** Everything that a campaign left in its topics: by topic, then by partition, in the order of the log. */
export type Logs = ReadonlyMap<TopicName, readonly (readonly LogRecord[])[]>

/** Bytes before the Avro body: the format and the schema's id. */
const headerBytes = 5

/** The Avro body, which does not depend on the ids that a registry gave out. */
export function bodyOf({ value }: LogRecord): Buffer {
  return value === null ? Buffer.alloc(0) : value.subarray(headerBytes)
}

/** All records of a topic, one partition behind the other. */
export function recordsOf(logs: Logs, topic: TopicName): readonly LogRecord[] {
  return (logs.get(topic) ?? []).flat()
}

/** What the Avro value of a record says, where there is one, as every record of the topic has. */
export function saidBy<Value>({ decoded, partition, offset }: LogRecord): Value {
  if (decoded === undefined) throw new TypeError(`Nothing can be read in the record at ${partition}:${offset}`)
  return decoded.value as Value
}
