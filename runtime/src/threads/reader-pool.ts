import { Worker } from 'node:worker_threads'
import { type ErrorCode, errorCodes, OstiaryError } from '@ostiary/schemas'
import type { ReadableFile, Reader, Reading, ReadSettings } from '../local/file-reader.ts'
import { EventUnpacker } from './event-unpacker.ts'
import type { PackedReading, ReaderAnswer, ReaderRequest } from './reader-messages.ts'

/** What a thread runs. Node 20 runs no TypeScript, so it is what was compiled, also where tests run on the sources. */
const compiled: URL = new URL(
  import.meta.url.endsWith('.ts') ? '../../dist/src/threads/reader-thread.js' : './reader-thread.js',
  import.meta.url,
)

/** Reads files on other threads; what they give is the same, and in the same order, as on this one. */
export class ReaderPool implements Reader {
  readonly #threads: readonly Thread[]
  readonly #signal: AbortSignal | undefined
  readonly #onAbort: () => void
  #files = 0

  constructor(settings: ReadSettings, threads: number, signal?: AbortSignal, entry: URL = compiled) {
    this.#threads = Array.from({ length: threads }, () => new Thread(settings, entry))
    this.#signal = signal
    this.#onAbort = (): void => {
      for (const thread of this.#threads) thread.fail(signal?.reason)
    }
    signal?.addEventListener('abort', this.#onAbort)
    if (signal?.aborted === true) this.#onAbort()
  }

  file(path: string): ReadableFile {
    const id = this.#files++
    // The look need not be where the reading is: by then another thread may have less to do.
    let reading: { readonly thread: Thread; readonly file: FileAhead } | undefined
    const begin = (): { readonly thread: Thread; readonly file: FileAhead } => {
      if (reading === undefined) {
        const thread = this.#idlest()
        reading = { thread, file: thread.read(id, path) }
      }
      return reading
    }
    return {
      firstMs: () => this.#threads[id % this.#threads.length]!.look(id, path),
      prepare: () => void begin(),
      async *readings() {
        const { thread, file } = begin()
        try {
          for (let group = await file.next(); group !== undefined; group = await file.next()) {
            for (const unpack of group) yield unpack()
            thread.more(id)
          }
        } finally {
          thread.stop(id)
        }
      },
    }
  }

  async close(): Promise<void> {
    this.#signal?.removeEventListener('abort', this.#onAbort)
    await Promise.all(this.#threads.map((thread) => thread.end()))
  }

  #idlest(): Thread {
    return this.#threads.reduce((best, thread) => (thread.filesAhead < best.filesAhead ? thread : best))
  }
}

type Group = readonly (() => Reading)[]

/** What was read of a file and not used yet: as many groups as its thread may be ahead. */
class FileAhead {
  readonly #groups: Group[] = []
  #isWhole = false
  #failure: { readonly error: unknown } | undefined
  #wake: () => void = () => undefined

  add(group: Group, isLast: boolean): void {
    this.#groups.push(group)
    this.#isWhole = isLast
    this.#wake()
  }

  fail(error: unknown): void {
    this.#failure ??= { error }
    this.#wake()
  }

  /** The next readings; `undefined` behind the last. Throws why there will be none. */
  async next(): Promise<Group | undefined> {
    for (;;) {
      const group = this.#groups.shift()
      if (group !== undefined) return group
      if (this.#failure !== undefined) throw this.#failure.error
      if (this.#isWhole) return undefined
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}

interface Look {
  readonly resolve: (firstMs: number | undefined) => void
  readonly reject: (error: unknown) => void
}

/** A thread that reads, as seen from the one that scores. */
class Thread {
  readonly #worker: Worker
  readonly #unpacker = new EventUnpacker()
  readonly #looks: Map<number, Look> = new Map()
  readonly #files: Map<number, FileAhead> = new Map()
  /** Why nothing more will come. */
  #failure: { readonly error: unknown } | undefined

  constructor(settings: ReadSettings, entry: URL) {
    // Not the flags of this process: they may lead its imports to the sources.
    this.#worker = new Worker(entry, { workerData: settings, execArgv: [] })
    this.#worker.on('message', (answer: ReaderAnswer) => this.#take(answer))
    this.#worker.on('messageerror', (error) => this.fail(died(error.message, error)))
    this.#worker.on('error', (error) => this.fail(died(error.message, error)))
    this.#worker.on('exit', (code) => this.fail(died(`exit code ${code}`)))
  }

  /** Files that are being read here and not used up. */
  get filesAhead(): number {
    return this.#files.size
  }

  look(id: number, path: string): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) {
        reject(this.#failure.error)
        return
      }
      this.#looks.set(id, { resolve, reject })
      this.#ask({ kind: 'look', id, path })
    })
  }

  read(id: number, path: string): FileAhead {
    const file = new FileAhead()
    if (this.#failure !== undefined) file.fail(this.#failure.error)
    this.#files.set(id, file)
    this.#ask({ kind: 'read', id, path })
    return file
  }

  more(id: number): void {
    this.#ask({ kind: 'more', id })
  }

  stop(id: number): void {
    if (this.#files.delete(id)) this.#ask({ kind: 'stop', id })
  }

  fail(error: unknown): void {
    this.#failure ??= { error }
    for (const { reject } of this.#looks.values()) reject(this.#failure.error)
    for (const file of this.#files.values()) file.fail(this.#failure.error)
    this.#looks.clear()
  }

  async end(): Promise<void> {
    this.#worker.removeAllListeners('exit')
    await this.#worker.terminate()
  }

  #ask(request: ReaderRequest): void {
    this.#worker.postMessage(request)
  }

  #take(answer: ReaderAnswer): void {
    const { id } = answer
    if (answer.kind === 'readings') {
      // In the order in which they come, whether or not anybody still wants the file: later ones build on their parts.
      const group = answer.group.map((packed) => this.#unpacked(packed))
      this.#files.get(id)?.add(group, answer.isLast)
      return
    }
    const look = this.#looks.get(id)
    this.#looks.delete(id)
    if (answer.kind === 'first') look?.resolve(answer.firstMs)
    else {
      const error = errorOf(answer.error, answer.code)
      if (look === undefined) this.#files.get(id)?.fail(error)
      else look.reject(error)
    }
  }

  #unpacked({ events, ...others }: PackedReading): () => Reading {
    const unpack = this.#unpacker.take(events)
    return () => ({ ...others, events: unpack() })
  }
}

/** Errors lose their class on the way. */
function errorOf(error: unknown, code: string | undefined): unknown {
  if (!(error instanceof Error) || !errorCodes.includes(code as ErrorCode)) return error
  return new OstiaryError(code as ErrorCode, error.message, { cause: error })
}

function died(how: string, cause?: unknown): OstiaryError {
  return new OstiaryError(
    'internal',
    `Cannot go on reading: a thread ended before its files did (${how}). Run it with --workers 1, and report this as a defect`,
    { cause },
  )
}
