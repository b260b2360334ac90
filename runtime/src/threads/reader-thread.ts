import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { OstiaryError } from '@ostiary/schemas'
import { FileReader, type Reading, type ReadSettings } from '../local/file-reader.ts'
import { EventPacker } from './event-packer.ts'
import {
  groupReadings,
  groupsAheadMax,
  groupsAheadMin,
  type PackedReading,
  type ReaderAnswer,
  type ReaderRequest,
} from './reader-messages.ts'

// What a thread of the pool runs: reads the files it is told, a bounded stretch ahead of whoever uses them.

/** A file that is being read. */
interface Running {
  readonly abort: AbortController
  groupsAhead: number
  /** Ends a pause. */
  goOn: () => void
}

class ReaderThread {
  readonly #port: MessagePort
  readonly #reader: FileReader
  readonly #packer = new EventPacker()
  readonly #running: Map<number, Running> = new Map()

  constructor(port: MessagePort, settings: ReadSettings) {
    this.#port = port
    this.#reader = new FileReader(settings)
  }

  async take(request: ReaderRequest): Promise<void> {
    const { id } = request
    if (request.kind === 'look') await this.#told(id, () => this.#look(id, request.path))
    else if (request.kind === 'read') await this.#told(id, () => this.#read(id, request.path))
    else if (request.kind === 'stop') this.#running.get(id)?.abort.abort()
    else {
      const running = this.#running.get(id)
      if (running === undefined) return
      running.groupsAhead -= 1
      running.goOn()
    }
  }

  async #told(id: number, action: () => Promise<void>): Promise<void> {
    try {
      await action()
    } catch (error) {
      this.#answer({ kind: 'failed', id, error, code: error instanceof OstiaryError ? error.code : undefined })
    }
  }

  async #look(id: number, path: string): Promise<void> {
    this.#answer({ kind: 'first', id, firstMs: await this.#reader.file(path).firstMs() })
  }

  async #read(id: number, path: string): Promise<void> {
    const running: Running = { abort: new AbortController(), groupsAhead: 0, goOn: () => undefined }
    const { signal } = running.abort
    this.#running.set(id, running)
    signal.addEventListener('abort', () => running.goOn())
    try {
      let group: Reading[] = []
      for await (const reading of this.#reader.file(path, signal).readings()) {
        group.push(reading)
        if (group.length < groupReadings) continue
        this.#send(id, group, false)
        group = []
        running.groupsAhead += 1
        while (running.groupsAhead >= this.#share() && !signal.aborted)
          await new Promise<void>((resolve) => {
            running.goOn = resolve
          })
      }
      this.#send(id, group, true)
    } catch (error) {
      // Whoever stopped it does not wait for an answer.
      if (!signal.aborted) throw error
    } finally {
      this.#running.delete(id)
    }
  }

  /** Groups that each file may be ahead. */
  #share(): number {
    return Math.max(groupsAheadMin, Math.floor(groupsAheadMax / this.#running.size))
  }

  /** Packed as they leave and no sooner: files are read by turns, and packs have to be taken in the order they were made. */
  #send(id: number, group: readonly Reading[], isLast: boolean): void {
    this.#answer({ kind: 'readings', id, group: group.map((reading) => this.#packed(reading)), isLast })
  }

  #packed(reading: Reading): PackedReading {
    return {
      ...reading,
      events: this.#packer.pack(reading.events),
      // A view would be sent with all of the memory behind it.
      rejects: reading.rejects.map((reject) => ({ ...reject, head: new Uint8Array(reject.head) })),
    }
  }

  #answer(answer: ReaderAnswer): void {
    this.#port.postMessage(answer)
  }
}

const port = parentPort
if (port === null) throw new Error('Cannot read: this file is for a thread of the pool')
const thread = new ReaderThread(port, workerData as ReadSettings)
port.on('message', (request: ReaderRequest) => void thread.take(request))
