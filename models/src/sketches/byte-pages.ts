import { ByteReader, type ByteWriter } from './byte-codec.ts'

/** Words of 32 bits in a page. The first is the number of the next page; the first page's second is the record's length in bytes. */
const pageShift = 5
const pageWords = 1 << pageShift
/** Pages that are taken from the system at a time: 1 MiB. */
const chunkShift = 13
const chunkPages = 1 << chunkShift
const chunkMask = chunkPages - 1
/** Stands for no page. */
const none = -1

/**
 * Byte strings, each in a chain of small pages of one size: a record that grows takes another page, and a page that is given back
 * serves any other record, so that millions of records that change in length leave no holes. All of it lies in a few large
 * arrays, in which the collector has nothing to look at.
 *
 * A record is known by its first page, which stays its own while it is written over.
 */
export class BytePages {
  readonly #chunks: Int32Array[] = []
  /** First of the pages that hold nothing, chained like a record. */
  #free = none
  /** Pages ever taken into use, those that are free again included. */
  #used = 0
  #words = new Int32Array(256)
  #reader = new ByteReader(new Uint8Array(this.#words.buffer))

  /** Puts a record down. Returns its first page. */
  add(record: ByteWriter): number {
    const first = this.#take()
    this.replace(first, record)
    return first
  }

  /** Writes a record over another. */
  replace(first: number, record: ByteWriter): void {
    const words = record.words()
    const count = Math.ceil(record.length / 4)
    let page = first
    let chunk = this.#chunkOf(page)
    let at = placeOf(page)
    chunk[at + 1] = record.length
    let from = 0
    for (let word = 2; ; word = 1) {
      const end = Math.min(count, from + pageWords - word)
      for (word += at; from < end; from++) chunk[word++] = words[from]!
      if (from === count) break
      if (chunk[at] === none) chunk[at] = this.#take()
      page = chunk[at]!
      chunk = this.#chunkOf(page)
      at = placeOf(page)
    }
    const left = chunk[at]!
    chunk[at] = none
    if (left !== none) this.remove(left)
  }

  /** A reader at the start of a record; the same at every call, so valid until the next. It does not know where the record ends. */
  read(first: number): ByteReader {
    this.#gather(first)
    this.#reader.rewind()
    return this.#reader
  }

  /** A record's bytes, where they lie until the next call. */
  bytesOf(first: number): Uint8Array {
    const length = this.#gather(first)
    return new Uint8Array(this.#words.buffer, 0, length)
  }

  /** Bytes of a record. */
  lengthOf(first: number): number {
    return this.#chunkOf(first)[placeOf(first) + 1]!
  }

  /** Gives the pages of a record back. */
  remove(first: number): void {
    let page = first
    for (;;) {
      const next = this.#chunkOf(page)[placeOf(page)]!
      if (next === none) break
      page = next
    }
    this.#chunkOf(page)[placeOf(page)] = this.#free
    this.#free = first
  }

  /** Copies a record to `#words`. Returns its length in bytes. */
  #gather(first: number): number {
    let page = first
    let chunk = this.#chunkOf(page)
    let at = placeOf(page)
    const length = chunk[at + 1]!
    const count = Math.ceil(length / 4)
    if (count > this.#words.length) this.#makeRoom(count)
    const words = this.#words
    let to = 0
    for (let word = 2; ; word = 1) {
      const end = Math.min(count, to + pageWords - word)
      for (word += at; to < end; to++) words[to] = chunk[word++]!
      if (to === count) return length
      page = chunk[at]!
      chunk = this.#chunkOf(page)
      at = placeOf(page)
    }
  }

  #chunkOf(page: number): Int32Array {
    return this.#chunks[page >>> chunkShift]!
  }

  /** A page that ends a chain. */
  #take(): number {
    let page = this.#free
    if (page === none) {
      if (this.#used === this.#chunks.length * chunkPages) this.#chunks.push(new Int32Array(chunkPages * pageWords))
      page = this.#used++
    } else this.#free = this.#chunkOf(page)[placeOf(page)]!
    this.#chunkOf(page)[placeOf(page)] = none
    return page
  }

  #makeRoom(words: number): void {
    this.#words = new Int32Array(words * 2)
    this.#reader = new ByteReader(new Uint8Array(this.#words.buffer))
  }
}

/** Where a page begins in its chunk, in words. */
function placeOf(page: number): number {
  return (page & chunkMask) << pageShift
}
