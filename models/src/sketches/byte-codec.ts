function wholeWords(bytes: number): number {
  return Math.ceil(bytes / 4) * 4
}

/** Appends little-endian numbers and byte strings to a growing buffer. */
export class ByteWriter {
  #bytes: Uint8Array
  #view: DataView
  #words: Int32Array
  #length = 0

  /** @param bytesHint bytes to make room for at once */
  constructor(bytesHint = 1024) {
    const buffer = new ArrayBuffer(wholeWords(bytesHint))
    this.#bytes = new Uint8Array(buffer)
    this.#view = new DataView(buffer)
    this.#words = new Int32Array(buffer)
  }

  get length(): number {
    return this.#length
  }

  /** Begins anew, in the same buffer. */
  clear(): void {
    this.#length = 0
  }

  /** Makes room and returns where it starts. To be called before `#view` is looked at, since it may replace it. */
  #room(count: number): number {
    const at = this.#length
    this.#length = at + count
    if (this.#length > this.#bytes.length) this.#grow()
    return at
  }

  #grow(): void {
    const buffer = new ArrayBuffer(wholeWords(Math.max(this.#length, this.#bytes.length * 2)))
    const grown = new Uint8Array(buffer)
    grown.set(this.#bytes)
    this.#bytes = grown
    this.#view = new DataView(buffer)
    this.#words = new Int32Array(buffer)
  }

  u8(value: number): void {
    const at = this.#room(1)
    this.#view.setUint8(at, value)
  }
  u16(value: number): void {
    const at = this.#room(2)
    this.#view.setUint16(at, value, true)
  }
  u32(value: number): void {
    const at = this.#room(4)
    this.#view.setUint32(at, value, true)
  }
  f32(value: number): void {
    const at = this.#room(4)
    this.#view.setFloat32(at, value, true)
  }
  f64(value: number): void {
    const at = this.#room(8)
    this.#view.setFloat64(at, value, true)
  }
  bytes(value: Uint8Array): void {
    this.u32(value.length)
    const at = this.#room(value.length)
    this.#bytes.set(value, at)
  }
  text(value: string): void {
    this.bytes(Buffer.from(value, 'utf8'))
  }

  /** The buffer in words, as they lie in memory, to be copied and never reckoned with; those past `length` bytes mean nothing. */
  words(): Int32Array {
    return this.#words
  }

  /** What was written, where it lies: it changes with what is written next. */
  written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  /** A copy of what was written. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }
}

/** Reads what a {@link ByteWriter} wrote. Throws a RangeError when the bytes end early. */
export class ByteReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length
  }

  /** Begins anew, for whoever has put other bytes in the place of those that were read. */
  rewind(): void {
    this.#at = 0
  }

  u8(): number {
    this.#at += 1
    return this.#view.getUint8(this.#at - 1)
  }
  u16(): number {
    this.#at += 2
    return this.#view.getUint16(this.#at - 2, true)
  }
  i32(): number {
    this.#at += 4
    return this.#view.getInt32(this.#at - 4, true)
  }
  u32(): number {
    this.#at += 4
    return this.#view.getUint32(this.#at - 4, true)
  }
  f32(): number {
    this.#at += 4
    return this.#view.getFloat32(this.#at - 4, true)
  }
  f64(): number {
    this.#at += 8
    return this.#view.getFloat64(this.#at - 8, true)
  }
  bytes(): Uint8Array {
    const length = this.u32()
    if (this.#at + length > this.#bytes.length) throw new RangeError('Cannot read past the end of the bytes')
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }
  text(): string {
    const { buffer, byteOffset, length } = this.bytes()
    return Buffer.from(buffer, byteOffset, length).toString('utf8')
  }
}
