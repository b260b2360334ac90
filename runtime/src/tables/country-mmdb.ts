import { OstiaryError } from '@ostiary/schemas'
import { Reader } from 'mmdb-lib'
import { Ranges32, Ranges64 } from './address-ranges.ts'

/** A record of the country databases that `@ip-location-db` publishes. */
interface CountryRecord {
  readonly country_code?: unknown
}

/**
 * Reads the countries of an IPv4 MMDB file as ranges. The values are two letters as one number.
 *
 * @throws OstiaryError `table.invalid`
 */
export function readCountries4(bytes: Buffer): { readonly starts: Uint32Array; readonly values: Uint16Array } {
  const reader = openMmdb(bytes, 4)
  const ranges = new Ranges32(reader.metadata.nodeCount + 1)
  const countries = new Countries(reader)
  walk(bytes, reader, 32, (pointer, high, _low, depth) => {
    const size = 2 ** (32 - depth)
    ranges.add(
      high,
      high + size - 1,
      countries.of(pointer, () => ipv4Text(high)),
    )
  })
  const { starts, values } = ranges.finish()
  return { starts, values: Uint16Array.from(values) }
}

/** Reads the countries of an IPv6 MMDB file, by the upper 64 bits; networks longer than /64 are left out. */
export function readCountries6(bytes: Buffer): {
  readonly high: Uint32Array
  readonly low: Uint32Array
  readonly values: Uint16Array
} {
  const reader = openMmdb(bytes, 6)
  const ranges = new Ranges64(reader.metadata.nodeCount + 1)
  const countries = new Countries(reader)
  walk(bytes, reader, 64, (pointer, high, low, depth) => {
    const value = countries.of(pointer, () => ipv6Text(high, low))
    if (depth > 32) ranges.add(high, low, high, low + 2 ** (64 - depth) - 1, value)
    else ranges.add(high, 0, high + 2 ** (32 - depth) - 1, 0xffffffff, value)
  })
  const { high, low, values } = ranges.finish()
  return { high, low, values: Uint16Array.from(values) }
}

function openMmdb(bytes: Buffer, ipVersion: number): Reader<never> {
  let reader: Reader<never>
  try {
    reader = new Reader<never>(bytes)
  } catch (cause) {
    throw new OstiaryError('table.invalid', 'Cannot read the country table as MMDB: install the package again', {
      cause,
    })
  }
  if (reader.metadata.ipVersion !== ipVersion) {
    const found = reader.metadata.ipVersion
    throw new OstiaryError('table.invalid', `Cannot use a country table for IPv${found} as one for IPv${ipVersion}`)
  }
  return reader
}

/** Countries by data pointer: the same few hundred records stand behind all networks. */
class Countries {
  readonly #reader: Reader<never>
  readonly #byPointer = new Map<number, number>()

  constructor(reader: Reader<never>) {
    this.#reader = reader
  }

  of(pointer: number, address: () => string): number {
    const known = this.#byPointer.get(pointer)
    if (known !== undefined) return known
    const record = this.#reader.get(address()) as CountryRecord | null
    const code = record?.country_code
    const value =
      typeof code === 'string' && /^[A-Z]{2}$/.test(code) ? code.charCodeAt(0) * 256 + code.charCodeAt(1) : 0
    this.#byPointer.set(pointer, value)
    return value
  }
}

type Visit = (pointer: number, high: number, low: number, depth: number) => void

/**
 * Visits every network of the search tree in the order of addresses (MaxMind DB File Format 2.0: a record below the number
 * of nodes is a node, equal to it nothing, above it data). `bits` bounds the depth; what lies deeper is left out.
 */
function walk(bytes: Buffer, reader: Reader<never>, bits: number, visit: Visit): void {
  const { nodeCount, recordSize } = reader.metadata
  const recordOf = recordReader(bytes, recordSize)
  const descend = (record: number, high: number, low: number, depth: number): void => {
    if (record === nodeCount) return
    if (record > nodeCount) {
      visit(record, high, low, depth)
      return
    }
    if (depth === bits) return
    const isUpper = depth < 32
    const step = 2 ** (31 - (depth % 32))
    descend(recordOf(record, 0), high, low, depth + 1)
    descend(recordOf(record, 1), isUpper ? high + step : high, isUpper ? low : low + step, depth + 1)
  }
  descend(0, 0, 0, 0)
}

function recordReader(bytes: Buffer, recordSize: number): (node: number, side: 0 | 1) => number {
  switch (recordSize) {
    case 24:
      return (node, side) => bytes.readUIntBE(node * 6 + side * 3, 3)
    case 28:
      return (node, side) => {
        const at = node * 7
        const middle = bytes[at + 3] ?? 0
        return side === 0
          ? (middle >> 4) * 0x1000000 + bytes.readUIntBE(at, 3)
          : (middle & 0x0f) * 0x1000000 + bytes.readUIntBE(at + 4, 3)
      }
    case 32:
      return (node, side) => bytes.readUInt32BE(node * 8 + side * 4)
    default:
      throw new OstiaryError('table.invalid', `Cannot read an MMDB file with records of ${recordSize} bits`)
  }
}

function ipv4Text(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join('.')
}

function ipv6Text(high: number, low: number): string {
  const groups = [high >>> 16, high & 0xffff, low >>> 16, low & 0xffff].map((group) => group.toString(16))
  return `${groups.join(':')}::`
}
