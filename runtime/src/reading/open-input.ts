import { createReadStream } from 'node:fs'
import { addAbortSignal, type Readable } from 'node:stream'
import { Inflate, type InflateEnd } from './inflate.ts'
import { type RawItem, type RawReject, rejectOf } from './raw-item.ts'
import { RecordSplitter, type RecordSplitterOptions } from './record-splitter.ts'
import { unreadable } from './unreadable.ts'

export interface ReadOptions extends RecordSplitterOptions {
  /** Called for every chunk with the number of bytes that were read from the file, compressed ones of a compressed file. */
  readonly onBytes?: ((bytes: number) => void) | undefined
  /** Called for every chunk with the bytes it inflated to, before it is cut; what this throws ends the reading. */
  readonly onInflated?: ((bytes: number) => void) | undefined
  /** What `-` reads; the standard input of the process unless given. */
  readonly stdin?: Readable | undefined
}

/** Bytes read at a time. */
const chunkBytes = 64 * 1024

/**
 * The items of a file, or of the standard input for `-`, in batches: what one chunk completes. The bytes of records are valid until
 * the next batch is asked for. A gzip stream is known by its first bytes and inflated; a cut or damaged one gives what was
 * inflated and then a reject. Throws OstiaryError `input.unreadable` when reading fails, and the signal's reason when it aborts.
 */
export async function* readItems(
  path: string,
  options: ReadOptions = {},
  signal?: AbortSignal,
): AsyncGenerator<readonly RawItem[], void, void> {
  signal?.throwIfAborted()
  const stream = open(path, options, signal)
  try {
    yield* splitStream(counted(stream, options.onBytes), options)
  } catch (error) {
    signal?.throwIfAborted()
    throw isOfFileSystem(error) ? unreadable(path, error) : error
  } finally {
    stream.destroy()
  }
}

function open(path: string, options: ReadOptions, signal: AbortSignal | undefined): Readable {
  const stream = path === '-' ? (options.stdin ?? process.stdin) : createReadStream(path, { highWaterMark: chunkBytes })
  return signal === undefined ? stream : addAbortSignal(signal, stream)
}

async function* counted(stream: Readable, onBytes: ReadOptions['onBytes']): AsyncGenerator<Buffer> {
  for await (const chunk of stream as AsyncIterable<Buffer | string>) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    onBytes?.(bytes.length)
    yield bytes
  }
}

async function* splitStream(source: AsyncGenerator<Buffer>, options: ReadOptions): AsyncGenerator<readonly RawItem[]> {
  const splitter = new RecordSplitter(options)
  const { first, isGzip } = await peek(source)
  const chunks = startingWith(first, source)
  const inflate = isGzip ? new Inflate(chunks) : undefined
  let inflatedBytes = 0
  let index = 0
  for await (const chunk of inflate?.chunks() ?? chunks) {
    inflatedBytes += chunk.length
    options.onInflated?.(chunk.length)
    const items = splitter.push(chunk)
    index += items.length
    if (items.length > 0) yield items
  }
  const items = splitter.end()
  const ended = withEndOf(inflate?.end ?? { kind: 'whole' }, items, { index: index + items.length, inflatedBytes })
  if (ended.length > 0) yield ended
}

/** The last items, and the reject that says how a gzip stream came to its end: one, also when it ended inside a record. */
function withEndOf(
  end: InflateEnd,
  items: readonly RawItem[],
  place: { readonly index: number; readonly inflatedBytes: number },
): readonly RawItem[] {
  if (end.kind === 'whole') return items
  const last = items.at(-1)
  if (end.kind === 'truncated') {
    const detail = 'the gzip stream is cut off'
    if (last?.kind === 'reject' && last.reason === 'bytes.truncated')
      return [...items.slice(0, -1), { ...last, detail }]
    return [...items, rejectAt('bytes.truncated', place, detail)]
  }
  const detail = `${end.detail}, at compressed byte ${end.compressedOffset}`
  return [...items, { ...rejectAt('bytes.corrupt', place, detail), ...end.rest }]
}

function rejectAt(
  reason: 'bytes.truncated' | 'bytes.corrupt',
  place: { readonly index: number; readonly inflatedBytes: number },
  detail: string,
): RawReject {
  return rejectOf(reason, { index: place.index, byteOffset: place.inflatedBytes }, Buffer.alloc(0), detail)
}

/** Reads until the first two bytes are there, which tell gzip from text. */
async function peek(source: AsyncGenerator<Buffer>): Promise<{ first: Buffer; isGzip: boolean }> {
  let first: Buffer = Buffer.alloc(0)
  while (first.length < 2) {
    const next = await source.next()
    if (next.done) break
    first = first.length === 0 ? next.value : Buffer.concat([first, next.value])
  }
  return { first, isGzip: first[0] === 0x1f && first[1] === 0x8b }
}

async function* startingWith(first: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield first
  yield* rest
}

/** Errors of the file system carry the call that failed; whatever else is thrown here is a defect and stays what it is. */
function isOfFileSystem(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error
}
