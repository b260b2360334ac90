import { piecesOf } from '@ostiary/models'
import type { ArtefactPiece } from '@ostiary/schemas'
import type { Admin, Kafka } from 'kafkajs'
import type { TopicDecoder } from './schema-client.ts'
import type { OutputRecord } from './stage.ts'
import { readPartition } from './topic-reader.ts'

export type ArtefactKind = ArtefactPiece['kind']

/** Bytes that one body may have. */
export const bodyBytesMax: number = 256 * 1024 * 1024

/** A body as far as it lies in `access.artefacts`. */
export interface FoundBody {
  readonly kind: ArtefactKind
  readonly hash: string
  /** The whole body; `undefined` where pieces are missing. */
  readonly body: Buffer | undefined
  /** How much of it is there, in words. */
  readonly detail: string
}

/** The key of a piece. */
export function artefactKey(kind: ArtefactKind, hash: string, piece: number): string {
  return `${kind}/${hash}/${piece}`
}

/** The records that hold a body. */
export function bodyRecords(
  kind: ArtefactKind,
  hash: string,
  whole: Uint8Array,
  encode: (piece: ArtefactPiece) => Buffer,
): OutputRecord[] {
  const bodies = piecesOf(whole)
  return bodies.map((part, piece) => ({
    topic: 'access.artefacts',
    key: artefactKey(kind, hash, piece),
    // The Avro library takes nothing but Buffers for bytes.
    value: encode({ kind, hash, piece, pieces: bodies.length, body: Buffer.from(part) }),
  }))
}

/** Where bodies are read from. */
export interface ArtefactTopic {
  readonly kafka: Kafka
  readonly admin: Admin
  readonly decoder: TopicDecoder
  readonly topicPrefix: string
  /** Prefix of the throwaway group that reads. */
  readonly groupId: string
}

interface Begun {
  readonly kind: ArtefactKind
  readonly hash: string
  readonly pieces: Map<number, Uint8Array>
  expected: number
  bytes: number
}

/** Reads the bodies that lie in the topic now, of those keys' beginnings (`<kind>/` or `<kind>/<hash>/`), in order of their first piece. */
export async function readBodies(topic: ArtefactTopic, prefixes: readonly string[]): Promise<FoundBody[]> {
  const { kafka, admin, decoder, topicPrefix, groupId } = topic
  const name = `${topicPrefix}access.artefacts`
  const bounds = (await admin.fetchTopicOffsets(name))[0]
  const found = new Map<string, Begun>()
  await readPartition({
    kafka,
    groupId,
    topic: name,
    partition: 0,
    fromOffset: Number(bounds?.low ?? 0),
    toOffset: Number(bounds?.high ?? 0),
    onBatch: async (messages) => {
      for (const { key: given, value } of messages) {
        const key = given?.toString('utf8') ?? ''
        if (!prefixes.some((prefix) => key.startsWith(prefix))) continue
        if (value === null) {
          forget(found, key)
          continue
        }
        await decoder.prepare(value)
        take(found, decoder.decode(value).value as ArtefactPiece, key)
      }
    },
  })
  return [...found.values()].map(bodyOf)
}

/** A piece under a key that is not its own is nobody's. */
function take(found: Map<string, Begun>, { kind, hash, piece, pieces, body }: ArtefactPiece, key: string): void {
  if (artefactKey(kind, hash, piece) !== key) return
  const name = `${kind}/${hash}`
  const begun = found.get(name) ?? { kind, hash, pieces: new Map(), expected: pieces, bytes: 0 }
  begun.bytes += body.length - (begun.pieces.get(piece)?.length ?? 0)
  begun.expected = pieces
  if (begun.bytes <= bodyBytesMax) begun.pieces.set(piece, body)
  else begun.pieces.clear()
  found.set(name, begun)
}

function forget(found: Map<string, Begun>, key: string): void {
  const at = key.lastIndexOf('/')
  const begun = found.get(key.slice(0, at))
  begun?.pieces.delete(Number(key.slice(at + 1)))
  if (begun?.pieces.size === 0) found.delete(key.slice(0, at))
}

function bodyOf({ kind, hash, pieces, expected, bytes }: Begun): FoundBody {
  if (bytes > bodyBytesMax) return { kind, hash, body: undefined, detail: `it has more than ${bodyBytesMax} bytes` }
  const inOrder = Array.from({ length: Math.min(Math.max(expected, 0), pieces.size) }, (_, piece) => pieces.get(piece))
  const held = inOrder.filter((piece) => piece !== undefined)
  const detail = `${held.length} of ${expected} pieces are there`
  return { kind, hash, body: held.length === expected ? Buffer.concat(held) : undefined, detail }
}
