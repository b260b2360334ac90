import { OstiaryError } from '@ostiary/schemas'
import type { AddressTable } from './address-table.ts'

/** First bytes of an address table, with the version of its format. See docs/spec/enrichment.md. */
const magic = 'OSTADDR1'
const headerBytes = 8 + 7 * 4

/**
 * The bytes of a table: magic, seven little-endian 32-bit counts, then the arrays in a fixed order, each padded with zeros
 * to a multiple of four. One table has exactly one encoding, so its SHA-256 names it.
 */
export function encodeAddressTable(table: AddressTable): Uint8Array {
  const arrays = arraysOf(table)
  let length = headerBytes
  for (const array of arrays) length += padded(array.byteLength)
  const bytes = new Uint8Array(length)
  bytes.set(Buffer.from(magic, 'latin1'))
  const view = new DataView(bytes.buffer)
  countsOf(table).forEach((count, index) => {
    view.setUint32(8 + index * 4, count, true)
  })
  let at = headerBytes
  for (const array of arrays) {
    bytes.set(littleEndian(array), at)
    at += padded(array.byteLength)
  }
  return bytes
}

/**
 * Reads a table from its bytes. Strict: the counts must account for every byte, starts must rise and values must exist.
 *
 * @throws OstiaryError `table.invalid`
 */
export function decodeAddressTable(bytes: Uint8Array): AddressTable {
  if (bytes.length < headerBytes || Buffer.from(bytes.subarray(0, 8)).toString('latin1') !== magic) {
    throw invalid('the first bytes are not those of an address table')
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const counts = [0, 1, 2, 3, 4, 5, 6].map((index) => view.getUint32(8 + index * 4, true))
  const [asn4 = 0, asn6 = 0, country4 = 0, country6 = 0, systems = 0, offsets = 0, nameBytes = 0] = counts
  let at = headerBytes
  const take = (length: number): Uint8Array => {
    const section = bytes.subarray(at, at + length)
    if (section.length !== length) throw invalid(`it ends after ${bytes.length} bytes, inside a section`)
    at += padded(length)
    return section
  }
  const table: AddressTable = {
    asn4: { starts: read32(take(asn4 * 4)), values: read32(take(asn4 * 4)) },
    asn6: { high: read32(take(asn6 * 4)), low: read32(take(asn6 * 4)), values: read32(take(asn6 * 4)) },
    country4: { starts: read32(take(country4 * 4)), values: read16(take(country4 * 2)) },
    country6: { high: read32(take(country6 * 4)), low: read32(take(country6 * 4)), values: read16(take(country6 * 2)) },
    asNumbers: read32(take(systems * 4)),
    nameOffsets: read32(take(offsets * 4)),
    names: Uint8Array.from(take(nameBytes)),
  }
  if (at !== bytes.length) throw invalid(`${bytes.length - at} bytes follow its last section`)
  check(table)
  return table
}

function check(table: AddressTable): void {
  if (table.nameOffsets.length !== table.asNumbers.length + 1) throw invalid('names and numbers differ in count')
  if (table.nameOffsets[table.nameOffsets.length - 1] !== table.names.length) throw invalid('its names do not add up')
  if (!rises(table.asn4.starts) || !rises(table.country4.starts)) throw invalid('its IPv4 ranges are out of order')
  if (!risesWide(table.asn6.high, table.asn6.low) || !risesWide(table.country6.high, table.country6.low)) {
    throw invalid('its IPv6 ranges are out of order')
  }
  const systems = table.asNumbers.length
  for (const values of [table.asn4.values, table.asn6.values]) {
    for (let at = 0; at < values.length; at += 1) if (values[at]! > systems) throw invalid('a range names no system')
  }
}

function rises(starts: Uint32Array): boolean {
  for (let at = 1; at < starts.length; at += 1) if (starts[at]! <= starts[at - 1]!) return false
  return true
}

function risesWide(high: Uint32Array, low: Uint32Array): boolean {
  for (let at = 1; at < high.length; at += 1) {
    if (high[at]! < high[at - 1]! || (high[at] === high[at - 1] && low[at]! <= low[at - 1]!)) return false
  }
  return true
}

function countsOf(table: AddressTable): readonly number[] {
  return [
    table.asn4.starts.length,
    table.asn6.high.length,
    table.country4.starts.length,
    table.country6.high.length,
    table.asNumbers.length,
    table.nameOffsets.length,
    table.names.length,
  ]
}

function arraysOf(table: AddressTable): readonly (Uint32Array | Uint16Array | Uint8Array)[] {
  return [
    table.asn4.starts,
    table.asn4.values,
    table.asn6.high,
    table.asn6.low,
    table.asn6.values,
    table.country4.starts,
    table.country4.values,
    table.country6.high,
    table.country6.low,
    table.country6.values,
    table.asNumbers,
    table.nameOffsets,
    table.names,
  ]
}

function padded(length: number): number {
  return (length + 3) & ~3
}

const hostIsLittleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1

function littleEndian(array: Uint32Array | Uint16Array | Uint8Array): Uint8Array {
  const copy = Buffer.from(Uint8Array.from(new Uint8Array(array.buffer, array.byteOffset, array.byteLength)))
  if (hostIsLittleEndian || array.BYTES_PER_ELEMENT === 1) return copy
  return array.BYTES_PER_ELEMENT === 4 ? copy.swap32() : copy.swap16()
}

function read32(section: Uint8Array): Uint32Array {
  const copy = Uint8Array.from(section)
  if (!hostIsLittleEndian) Buffer.from(copy.buffer).swap32()
  return new Uint32Array(copy.buffer)
}

function read16(section: Uint8Array): Uint16Array {
  const copy = Uint8Array.from(section)
  if (!hostIsLittleEndian) Buffer.from(copy.buffer).swap16()
  return new Uint16Array(copy.buffer)
}

function invalid(what: string): OstiaryError {
  return new OstiaryError('table.invalid', `Cannot read the address table: ${what}; delete it and it is built again`)
}
