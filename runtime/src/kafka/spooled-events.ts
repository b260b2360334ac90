import { type FileHandle, mkdtemp, open, rm, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { AccessEvent } from '@ostiary/schemas'
import type { Kafka } from 'kafkajs'
import { mergeByTime, type TimedInput } from '../local/merge-by-time.ts'
import { type SchemaClient, type TopicDecoder, UndecodableError } from './schema-client.ts'
import { readTopic } from './topic-reader.ts'

/** Events of a file that are handed on at a time. */
const batchEvents = 1024

export interface SpoolOptions {
  readonly kafka: Kafka
  readonly schemas: SchemaClient
  readonly topicPrefix: string
  /** Whose events are wanted. */
  readonly tenantUid: string
  /** Prefix of the throwaway groups that read. */
  readonly groupId: string
  readonly sinceMs?: number | undefined
  readonly untilMs?: number | undefined
  readonly onEvents?: ((events: number) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** The events of a topic as they were when it was read. */
export interface SpooledEvents {
  /** Merged by time over the partitions; every call gives the same from the beginning. */
  read(): AsyncGenerator<readonly AccessEvent[], void>
  /** Records that are in no format of the topic, which the detector lays aside, too. */
  readonly undecodable: number
  /** Gives back what they took of the disk. */
  close(): Promise<void>
}

/**
 * Reads the events of `access.events` up to its end as of now into files of their own, one a partition, in the folder for
 * temporary files. They are read twice, and the topic goes on meanwhile; and partitions that are merged by time would
 * make consumers wait longer than Kafka lets them. The files have no name once they are open, so that nothing is left
 * behind, whatever ends the program.
 *
 * @throws what `readTopic` throws
 */
export async function spoolEvents(options: SpoolOptions): Promise<SpooledEvents> {
  const { kafka, schemas, topicPrefix, tenantUid, groupId, signal } = options
  const { sinceMs = Number.NEGATIVE_INFINITY, untilMs = Number.POSITIVE_INFINITY, onEvents } = options
  const decoder = schemas.decoder('access.events')
  const folder = await mkdtemp(join(tmpdir(), 'ostiary-events-'))
  const files = new Map<number, FileHandle>()
  let undecodable = 0
  const close = async (): Promise<void> => {
    for (const file of files.values()) await file.close()
  }
  try {
    await readTopic({
      kafka,
      groupId,
      topic: `${topicPrefix}access.events`,
      from: 'beginning',
      follow: false,
      signal,
      onBatch: async (messages, partition) => {
        let lines = ''
        let events = 0
        for (const { value } of messages) {
          await decoder.prepare(value)
          const event = eventOf(decoder, value)
          if (event === 'undecodable') undecodable += 1
          if (typeof event !== 'object' || event.tenant_uid !== tenantUid) continue
          if (event.time < sinceMs || event.time >= untilMs) continue
          lines += `${JSON.stringify(event)}\n`
          events += 1
        }
        const file = files.get(partition) ?? (await nameless(join(folder, String(partition))))
        files.set(partition, file)
        await file.appendFile(lines)
        onEvents?.(events)
      },
    })
  } catch (error) {
    await close()
    throw error
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  const inputs = [...files].map(([partition, file]) => inputOf(partition, file))
  return { read: () => mergeByTime(inputs), undecodable, close }
}

function eventOf(decoder: TopicDecoder, value: Uint8Array | null): AccessEvent | 'marker' | 'undecodable' {
  try {
    const decoded = decoder.decode(value)
    return decoded.name === 'AccessEvent' ? (decoded.value as AccessEvent) : 'marker'
  } catch (error) {
    if (error instanceof UndecodableError) return 'undecodable'
    throw error
  }
}

/** A file that only its handle knows. */
async function nameless(path: string): Promise<FileHandle> {
  const file = await open(path, 'wx+', 0o600)
  await unlink(path)
  return file
}

function inputOf(partition: number, file: FileHandle): TimedInput<AccessEvent> {
  return {
    path: String(partition).padStart(6, '0'),
    async firstMs() {
      for await (const batch of batchesOf(file)) return batch[0]!.time
      return undefined
    },
    open: () => batchesOf(file),
  }
}

async function* batchesOf(file: FileHandle): AsyncGenerator<readonly AccessEvent[], void> {
  let batch: AccessEvent[] = []
  const input = file.createReadStream({ start: 0, autoClose: false })
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    batch.push(JSON.parse(line) as AccessEvent)
    if (batch.length < batchEvents) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}
