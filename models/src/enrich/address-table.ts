/**
 * Ranges of addresses with their country and autonomous system, as sorted typed arrays. Each pair of arrays reads: from
 * `starts[i]` up to the next start the value is `values[i]`; 0 says nothing is known. IPv6 ranges go by the upper 64 bits,
 * the smallest network that is announced or assigned.
 */
export interface AddressTable {
  readonly asn4: { readonly starts: Uint32Array; readonly values: Uint32Array }
  readonly asn6: { readonly high: Uint32Array; readonly low: Uint32Array; readonly values: Uint32Array }
  /** Countries are two ASCII letters as one number, `first × 256 + second`. */
  readonly country4: { readonly starts: Uint32Array; readonly values: Uint16Array }
  readonly country6: { readonly high: Uint32Array; readonly low: Uint32Array; readonly values: Uint16Array }
  /** AS numbers; `values` of `asn4` and `asn6` are positions here plus one. */
  readonly asNumbers: Uint32Array
  /** UTF-8 organisation names end to end; name `i` lies at `nameOffsets[i] .. nameOffsets[i + 1]`. */
  readonly nameOffsets: Uint32Array
  readonly names: Uint8Array
}

/** What the table knows about an address. */
export interface AddressFacts {
  /** ISO 3166-1 alpha-2, upper case, or `''`. */
  readonly country: string
  /** 0 for none. */
  readonly asn: number
  readonly asOrg: string
}

/** Characters kept of an organisation's name. */
export const organisationLengthMax = 96

/** A table that knows nothing. */
export const emptyAddressTable: AddressTable = {
  asn4: { starts: new Uint32Array(0), values: new Uint32Array(0) },
  asn6: { high: new Uint32Array(0), low: new Uint32Array(0), values: new Uint32Array(0) },
  country4: { starts: new Uint32Array(0), values: new Uint16Array(0) },
  country6: { high: new Uint32Array(0), low: new Uint32Array(0), values: new Uint16Array(0) },
  asNumbers: new Uint32Array(0),
  nameOffsets: new Uint32Array(1),
  names: new Uint8Array(0),
}

/** Looks up an IPv4 address given as an unsigned 32-bit number. */
export function lookupIpv4(table: AddressTable, address: number): AddressFacts {
  const as = valueAt(table.asn4.values, floor32(table.asn4.starts, address))
  const country = valueAt(table.country4.values, floor32(table.country4.starts, address))
  return facts(table, as, country)
}

/** Looks up an IPv6 address given as the two upper 32-bit numbers of its 64-bit network. */
export function lookupIpv6(table: AddressTable, high: number, low: number): AddressFacts {
  const as = valueAt(table.asn6.values, floor64(table.asn6.high, table.asn6.low, high, low))
  const country = valueAt(table.country6.values, floor64(table.country6.high, table.country6.low, high, low))
  return facts(table, as, country)
}

function facts(table: AddressTable, as: number, country: number): AddressFacts {
  const letters = country === 0 ? '' : String.fromCharCode(country >> 8, country & 0xff)
  if (as === 0) return { country: letters, asn: 0, asOrg: '' }
  const from = table.nameOffsets[as - 1] ?? 0
  const to = table.nameOffsets[as] ?? from
  const name = Buffer.from(table.names.buffer, table.names.byteOffset + from, to - from).toString('utf8')
  return { country: letters, asn: table.asNumbers[as - 1] ?? 0, asOrg: name.slice(0, organisationLengthMax) }
}

function valueAt(values: Uint32Array | Uint16Array, at: number): number {
  return at < 0 ? 0 : (values[at] ?? 0)
}

/** Position of the greatest start that is not over `key`, or -1. */
function floor32(starts: Uint32Array, key: number): number {
  let low = 0
  let high = starts.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (starts[middle]! <= key) low = middle + 1
    else high = middle
  }
  return low - 1
}

function floor64(highs: Uint32Array, lows: Uint32Array, keyHigh: number, keyLow: number): number {
  let from = 0
  let to = highs.length
  while (from < to) {
    const middle = (from + to) >>> 1
    const high = highs[middle]!
    if (high < keyHigh || (high === keyHigh && lows[middle]! <= keyLow)) from = middle + 1
    else to = middle
  }
  return from - 1
}
