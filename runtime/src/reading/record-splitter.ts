import * as ascii from './ascii.ts'
import { CarriedBytes } from './carried-bytes.ts'
import { ItemDigest } from './item-digest.ts'
import { isJsonValue, isMembers } from './loose-json.ts'
import { isOneShallowObject, type WordView, wordsOf } from './one-object-line.ts'
import { type RawItem, type RawRejectReason, rejectOf } from './raw-item.ts'
import { ValueScan } from './value-scan.ts'
import { headerBytesMax, noWrapper, undecided, wrapperOpening } from './wrapper-opening.ts'

export interface RecordSplitterOptions {
  /** Longest record, in bytes; a longer one is rejected and hashed, never held. */
  readonly recordBytesMax?: number
  /** Deepest nesting of objects and arrays in a record, the record itself counting as 1. */
  readonly depthMax?: number
}

export const recordBytesMaxDefault: number = 1024 * 1024
export const depthMaxDefault = 64

/** `opening`: a `{` or `[` whose part is undecided; `closed`: a complete top-level object, whose line may yet go on. */
type State = 'between' | 'opening' | 'value' | 'closed' | 'junk'
/** `trailer`: what stands in a wrapper object behind its array. */
type Part = 'value' | 'junk' | 'trailer'

/**
 * Cuts a stream of bytes into records: one object per line, objects side by side or over several lines, the elements of a
 * top-level array, and the elements of the array in a wrapper object (see `wrapperKeys`), in any mixture. Memory is bounded by
 * `recordBytesMax` and one chunk.
 *
 * What comes out depends on the bytes only, never on where chunks end. That is why the fast way through a line of one object
 * (`#takeLines`) may only accept what the exact way would answer too, and why the exact way takes an object with junk behind it
 * on its line as one item. Bytes between records that belong to no item are blanks, commas, list brackets, the members of a
 * wrapper beside its array, and a byte order mark at the start.
 *
 * Broken input costs as little as can be: a line that opens with `{` where no value can stand begins a new record.
 */
export class RecordSplitter {
  readonly #recordBytesMax: number
  readonly #depthMax: number
  readonly #scan: ValueScan
  #state: State = 'between'
  #part: Part = 'value'
  /** Lists around the place that is read, the outermost first: at most an array and a wrapper in it. */
  readonly #lists: ('array' | 'wrapper')[] = []
  #needsComma = false
  #sawNewline = false
  #sawComma = false
  #startChecked = false

  readonly #carried: CarriedBytes = new CarriedBytes()

  /** What is read now, and its place in the stream. */
  #buffer: Buffer = Buffer.alloc(0)
  #end = 0
  #base = 0
  #at = 0
  /** Where the unfinished item starts in the buffer or, once it is oversized, where its bytes are not digested yet. */
  #start = 0
  #itemOffset = 0
  /** Behind the last bracket of a `closed` object. */
  #closedAt = 0
  #digest: ItemDigest | undefined
  #index = 0
  #items: RawItem[] = []
  #view: WordView | undefined
  #newlineAt = -1

  constructor(options: RecordSplitterOptions = {}) {
    this.#recordBytesMax = options.recordBytesMax ?? recordBytesMaxDefault
    this.#depthMax = options.depthMax ?? depthMaxDefault
    this.#scan = new ValueScan(this.#depthMax)
  }

  /**
   * The items that are complete with this chunk. Their bytes are views of the chunk or of memory of the splitter: valid until
   * the next call and as long as the caller leaves the chunk alone.
   */
  push(chunk: Buffer): RawItem[] {
    if (chunk.length === 0) return []
    this.#take(chunk)
    this.#run()
    this.#keep()
    return this.#handOver()
  }

  /** The items that are complete with the end of the stream; the splitter is not to be used again. */
  end(): RawItem[] {
    this.#take(Buffer.alloc(0))
    this.#startChecked = true
    if (this.#state === 'between') this.#run()
    const end = this.#end
    const openList = this.#lists.length > 0
    if (this.#state === 'opening' || this.#state === 'value') {
      this.#finish(end, 'bytes.truncated', 'the stream ends inside this record')
    } else if (this.#state === 'closed') {
      this.#finish(this.#closedAt)
    } else if (this.#state === 'junk' && openList) {
      this.#finish(end, 'bytes.truncated', 'the stream ends inside a list of records')
    } else if (this.#state === 'junk') {
      this.#finish(end)
    } else if (openList) {
      this.#reportOpenList()
    }
    return this.#handOver()
  }

  #reportOpenList(): void {
    const place = { index: this.#index++, byteOffset: this.#base + this.#end }
    this.#items.push(rejectOf('bytes.truncated', place, Buffer.alloc(0), 'the stream ends inside a list of records'))
  }

  #handOver(): RawItem[] {
    const items = this.#items
    this.#items = []
    return items
  }

  #take(chunk: Buffer): void {
    this.#buffer = this.#carried.join(chunk)
    this.#end = this.#buffer.length
    this.#view = undefined
    this.#newlineAt = -1
  }

  /** Carries over what belongs to an unfinished item; places in the buffer count from there now. */
  #keep(): void {
    const from = this.#state === 'between' ? this.#at : this.#start
    this.#carried.keep(this.#buffer, from)
    this.#base += from
    this.#at -= from
    this.#closedAt -= from
    this.#start = 0
  }

  #run(): void {
    if (!this.#startChecked && !this.#skipByteOrderMark()) return
    while (this.#at < this.#end && this.#step()) {}
  }

  /** One step; false when the next chunk is needed. */
  #step(): boolean {
    switch (this.#state) {
      case 'between':
        return this.#between()
      case 'opening':
        return this.#opening()
      case 'value':
        return this.#value()
      case 'closed':
        return this.#closed()
      case 'junk':
        return this.#junk()
    }
  }

  #skipByteOrderMark(): boolean {
    const mark = [0xef, 0xbb, 0xbf]
    for (let place = 0; place < 3; place++) {
      if (place >= this.#end) return false
      if (this.#buffer[place] !== mark[place]) break
      if (place === 2) this.#at = 3
    }
    this.#startChecked = true
    return true
  }

  #between(): boolean {
    if (this.#lists.length === 0 && this.#takeLines()) return this.#at < this.#end
    const buffer = this.#buffer
    const byte = buffer[this.#at]!
    if (ascii.isBlank(byte)) {
      if (byte === ascii.newline) this.#sawNewline = true
      this.#at++
    } else if (byte === ascii.comma) {
      this.#needsComma = false
      this.#at++
    } else if (byte === ascii.closeBracket && this.#lists.length > 0) {
      this.#at++
      this.#needsComma = true
      this.#sawNewline = false
      if (this.#lists.pop() === 'wrapper') {
        this.#beginItem('trailer', 'value')
        this.#scan.startInObject()
      }
    } else if (byte === ascii.openBrace || byte === ascii.openBracket) {
      // No comma, but a new line: the list was cut off, and this line is another file's.
      if (this.#needsComma && this.#sawNewline) this.#lists.length = 0
      this.#beginItem('value', 'opening')
    } else {
      this.#beginItem('junk', 'junk')
    }
    return true
  }

  #beginItem(part: Part, state: State): void {
    this.#part = part
    this.#scan.tooDeep = false
    this.#state = state
    this.#start = this.#at
    this.#itemOffset = this.#base + this.#at
  }

  /**
   * The fast way: hands on whole lines as long as each is `{…}`, the next begins with `{`, and nothing in it makes the exact way
   * necessary. In valid JSON such a line is one object, because a `{` cannot follow a `}` inside one. True when a line was taken.
   */
  #takeLines(): boolean {
    const buffer = this.#buffer
    const end = this.#end
    let at = this.#at
    while (at < end && buffer[at] === ascii.openBrace && wrapperOpening(buffer, at, end) === noWrapper) {
      const next = this.#newlineAfter(at)
      if (next < 0 || next + 1 >= end || buffer[next + 1] !== ascii.openBrace) break
      const stop = buffer[next - 1] === ascii.carriageReturn ? next - 1 : next
      if (stop - at > this.#recordBytesMax || buffer[stop - 1] !== ascii.closeBrace) break
      this.#view ??= wordsOf(buffer, end)
      if (!isOneShallowObject(buffer, this.#view, at, stop, this.#depthMax)) break
      this.#items.push({
        kind: 'record',
        index: this.#index++,
        byteOffset: this.#base + at,
        bytes: buffer.subarray(at, stop),
      })
      at = next + 1
    }
    if (at === this.#at) return false
    this.#at = at
    return true
  }

  /** The next line end, remembered, so that a stream without line ends is not searched again for every record. */
  #newlineAfter(at: number): number {
    if (this.#newlineAt >= at) return this.#newlineAt
    const found = this.#buffer.indexOf(ascii.newline, at)
    this.#newlineAt = found < 0 || found >= this.#end ? Number.MAX_SAFE_INTEGER : found
    return this.#newlineAt
  }

  #opening(): boolean {
    const buffer = this.#buffer
    if (buffer[this.#start] === ascii.openBracket) return this.#openingBracket()
    const mayWrap = !this.#lists.includes('wrapper')
    const behind = mayWrap ? wrapperOpening(buffer, this.#start, this.#end) : noWrapper
    if (behind === undecided) return false
    if (behind === noWrapper) this.#beginValue()
    else this.#enterList('wrapper', behind)
    return true
  }

  #openingBracket(): boolean {
    if (this.#lists.length > 0) {
      this.#beginValue()
      return true
    }
    const limit = Math.min(this.#end, this.#start + headerBytesMax)
    let at = this.#start + 1
    while (at < limit && ascii.isBlank(this.#buffer[at]!)) at++
    if (at >= limit && limit < this.#start + headerBytesMax) return false
    const byte = at < limit ? this.#buffer[at] : undefined
    // Many a text log opens its lines with a bracket; an array of records opens with a record.
    if (byte === ascii.openBrace || byte === ascii.closeBracket) {
      this.#enterList('array', this.#start + 1)
    } else {
      this.#beginItem('junk', 'junk')
    }
    return true
  }

  #enterList(kind: 'array' | 'wrapper', at: number): void {
    this.#lists.push(kind)
    this.#state = 'between'
    this.#at = at
    this.#needsComma = false
    this.#sawNewline = false
  }

  #beginValue(): void {
    this.#state = 'value'
    this.#at = this.#start
    this.#scan.startAt(this.#buffer[this.#start]!)
  }

  #value(): boolean {
    this.#at = this.#scan.scan(this.#buffer, this.#at, this.#end)
    switch (this.#scan.outcome) {
      case 'more':
        this.#digestOversized()
        return false
      case 'mismatch':
        this.#state = 'junk'
        return true
      case 'broken':
        this.#finish(this.#withoutCarriageReturn(this.#at))
        return true
      case 'closed':
        if (this.#part === 'trailer') this.#endTrailer()
        else if (this.#lists.length > 0 || this.#lengthTo(this.#at) > this.#recordBytesMax) this.#finish(this.#at)
        else {
          this.#state = 'closed'
          this.#closedAt = this.#at
          this.#sawComma = false
        }
        return true
    }
  }

  /** Members beside the array are no records, but bytes that are no members must not get lost. */
  #endTrailer(): void {
    const length = this.#lengthTo(this.#at)
    if (this.#digest === undefined && (length === 1 || isMembers(this.#buffer.subarray(this.#start, this.#at)))) {
      this.#state = 'between'
      this.#needsComma = true
      this.#sawNewline = false
    } else {
      this.#finish(this.#at)
    }
  }

  /** Behind an object at the top: its line may end, another object may follow, or all of the line is no record. */
  #closed(): boolean {
    const buffer = this.#buffer
    while (this.#at < this.#end) {
      const byte = buffer[this.#at]!
      const isTooFar = this.#at - this.#start >= this.#recordBytesMax
      if (byte === ascii.newline || isTooFar || (byte === ascii.openBrace && !this.#sawComma)) {
        this.#finish(this.#closedAt)
        return true
      }
      if (byte === ascii.comma && !this.#sawComma) {
        this.#sawComma = true
      } else if (!ascii.isBlank(byte)) {
        this.#state = 'junk'
        return true
      }
      this.#at++
    }
    return false
  }

  #junk(): boolean {
    if (this.#lists.length === 0) {
      const next = this.#newlineAfter(this.#at)
      this.#at = Math.min(next, this.#end)
    } else {
      while (this.#at < this.#end && !ascii.endsListJunk(this.#buffer[this.#at]!)) this.#at++
    }
    if (this.#at < this.#end) {
      this.#finish(this.#withoutCarriageReturn(this.#at))
      return true
    }
    this.#digestOversized()
    return false
  }

  #withoutCarriageReturn(at: number): number {
    const isLineEnd = this.#buffer[at] === ascii.newline
    return isLineEnd && at > this.#start && this.#buffer[at - 1] === ascii.carriageReturn ? at - 1 : at
  }

  #lengthTo(at: number): number {
    return (this.#digest?.length ?? 0) + at - this.#start
  }

  /** Lets go of the bytes of an item that is too long, except a carriage return that may belong to its line end. */
  #digestOversized(): void {
    if (this.#buffer[this.#at - 1] === ascii.carriageReturn && this.#at > this.#start) this.#at--
    if (this.#lengthTo(this.#at) <= this.#recordBytesMax) return
    this.#digest ??= new ItemDigest()
    this.#digest.update(this.#buffer.subarray(this.#start, this.#at))
    this.#start = this.#at
  }

  /** Ends the item at `end`, hands it on as what it is, and reads on behind what was looked at. */
  #finish(end: number, reason?: RawRejectReason, detail?: string): void {
    const place = { index: this.#index++, byteOffset: this.#itemOffset }
    const bytes = this.#buffer.subarray(this.#start, end)
    const length = this.#lengthTo(end)
    const isDeep = this.#part === 'value' && this.#scan.tooDeep
    if (length > this.#recordBytesMax) {
      const digest = this.#digest ?? new ItemDigest()
      digest.update(bytes)
      const words = `longer than recordBytesMax (${this.#recordBytesMax} bytes)`
      this.#items.push({ kind: 'reject', reason: 'bytes.oversized', ...place, ...digest.finish(), detail: words })
    } else if (isDeep) {
      this.#items.push(rejectOf('json.too_deep', place, bytes, `nested deeper than depthMax (${this.#depthMax})`))
    } else if (reason !== undefined) {
      this.#items.push(rejectOf(reason, place, bytes, detail ?? ''))
    } else if (this.#part === 'value' || (this.#part === 'junk' && isJsonValue(bytes))) {
      this.#items.push({ kind: 'record', ...place, bytes })
    } else {
      const words = this.#part === 'junk' ? 'no JSON' : 'no JSON members behind the list of records'
      this.#items.push(rejectOf('json.invalid', place, bytes, words))
    }
    this.#digest = undefined
    this.#state = 'between'
    this.#needsComma = true
    this.#sawNewline = false
  }
}
