import { OstiaryError } from '@ostiary/schemas'
import { Ranges32, Ranges64 } from './address-ranges.ts'
import type { AutonomousSystems } from './autonomous-systems.ts'

const newline = 10
const quote = 34
const comma = 44
const zero = 48
const colon = 58

/** Bytes per row below which a file cannot be; gives the room to reserve. */
const ipv4RowBytesMin = 20
const ipv6RowBytesMin = 16

/**
 * Reads rows `first,last,asn,organisation` with IPv4 addresses as decimal numbers, sorted by `first`. Works on bytes: the
 * file has 400,000 rows and is read at start.
 *
 * @throws OstiaryError `table.invalid` with the row's number
 */
export function readIpv4Csv(
  bytes: Uint8Array,
  systems: AutonomousSystems,
): { readonly starts: Uint32Array; readonly values: Uint32Array } {
  const ranges = new Ranges32(Math.ceil(bytes.length / ipv4RowBytesMin))
  eachRow(bytes, (row) => {
    const first = row.decimal(0xffffffff)
    const last = row.decimal(0xffffffff)
    const asn = row.decimal(0xffffffff)
    ranges.add(first, last, systemOf(systems, asn, row))
  })
  return ranges.finish()
}

/** As {@link readIpv4Csv} with IPv6 addresses in text; ranges go by their upper 64 bits. */
export function readIpv6Csv(
  bytes: Uint8Array,
  systems: AutonomousSystems,
): { readonly high: Uint32Array; readonly low: Uint32Array; readonly values: Uint32Array } {
  const ranges = new Ranges64(Math.ceil(bytes.length / ipv6RowBytesMin))
  const first = new Uint16Array(8)
  const last = new Uint16Array(8)
  eachRow(bytes, (row) => {
    row.ipv6(first)
    row.ipv6(last)
    const asn = row.decimal(0xffffffff)
    const value = systemOf(systems, asn, row)
    // A range that begins or ends inside a /64 holds that network only in part: leave the part out.
    if (!isFilled(first, 0) || !isFilled(last, 0xffff)) return
    ranges.add(upper(first), lower(first), upper(last), lower(last), value)
  })
  return ranges.finish()
}

function systemOf(systems: AutonomousSystems, asn: number, row: Row): number {
  return asn === 0 ? 0 : systems.intern(asn, () => row.rest())
}

function isFilled(groups: Uint16Array, with16: number): boolean {
  return groups[4] === with16 && groups[5] === with16 && groups[6] === with16 && groups[7] === with16
}

function upper(groups: Uint16Array): number {
  return groups[0]! * 0x10000 + groups[1]!
}

function lower(groups: Uint16Array): number {
  return groups[2]! * 0x10000 + groups[3]!
}

function eachRow(bytes: Uint8Array, read: (row: Row) => void): void {
  const row = new Row(bytes)
  while (row.next()) read(row)
}

/** One row of the file, read field by field from the left. */
class Row {
  readonly #bytes: Uint8Array
  #at = 0
  #end = 0
  #start = 0
  #number = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Moves to the next row that is not empty; false at the end. */
  next(): boolean {
    if (this.#number > 0) this.#start = this.#end + 1
    this.#number += 1
    if (this.#start >= this.#bytes.length) return false
    const found = this.#bytes.indexOf(newline, this.#start)
    this.#end = found < 0 ? this.#bytes.length : found
    this.#at = this.#start
    return this.#end > this.#start || this.next()
  }

  /** An unsigned decimal number and the comma after it. */
  decimal(max: number): number {
    const from = this.#at
    let value = 0
    while (this.#at < this.#end) {
      const digit = this.#bytes[this.#at]! - zero
      if (digit < 0 || digit > 9) break
      value = value * 10 + digit
      this.#at += 1
    }
    if (this.#at === from || value > max) throw this.#invalid('a number')
    this.#comma()
    return value
  }

  /** An IPv6 address in text and the comma after it, into eight groups. */
  ipv6(groups: Uint16Array): void {
    groups.fill(0)
    let count = 0
    let gap = -1
    while (this.#at < this.#end && this.#bytes[this.#at] !== comma) {
      if (this.#bytes[this.#at] === colon) {
        this.#at += 1
        if (this.#bytes[this.#at] === colon) {
          gap = count
          this.#at += 1
        }
        continue
      }
      if (count === 8) throw this.#invalid('an IPv6 address')
      groups[count] = this.#hexGroup()
      count += 1
    }
    if (gap < 0 ? count !== 8 : count > 7) throw this.#invalid('an IPv6 address')
    if (gap >= 0) {
      groups.copyWithin(8 - (count - gap), gap, count)
      groups.fill(0, gap, 8 - (count - gap))
    }
    this.#comma()
  }

  #hexGroup(): number {
    const from = this.#at
    let value = 0
    while (this.#at < this.#end) {
      const digit = hexDigit(this.#bytes[this.#at]!)
      if (digit < 0) break
      value = value * 16 + digit
      this.#at += 1
    }
    if (this.#at === from || this.#at - from > 4) throw this.#invalid('an IPv6 address')
    return value
  }

  /** The rest of the row, a CSV field: quotes around it go, doubled ones inside become one (RFC 4180). */
  rest(): Uint8Array {
    let from = this.#at
    let to = this.#end
    if (to > from && this.#bytes[to - 1] === 13) to -= 1
    if (to - from < 2 || this.#bytes[from] !== quote || this.#bytes[to - 1] !== quote) {
      return this.#bytes.slice(from, to)
    }
    from += 1
    to -= 1
    const field: number[] = []
    for (let at = from; at < to; at += 1) {
      const byte = this.#bytes[at]!
      field.push(byte)
      if (byte === quote && this.#bytes[at + 1] === quote) at += 1
    }
    return Uint8Array.from(field)
  }

  #comma(): void {
    if (this.#bytes[this.#at] !== comma) throw this.#invalid('a comma')
    this.#at += 1
  }

  #invalid(expected: string): OstiaryError {
    const text = Buffer.from(this.#bytes.subarray(this.#start, Math.min(this.#end, this.#start + 80))).toString('utf8')
    return new OstiaryError(
      'table.invalid',
      `Cannot read row ${this.#number} of the AS table, "${text}": expected ${expected}; install the package again`,
    )
  }
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48
  if (byte >= 97 && byte <= 102) return byte - 87
  return byte >= 65 && byte <= 70 ? byte - 55 : -1
}
