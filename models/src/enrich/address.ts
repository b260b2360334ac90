import type { NetworkType } from '@ostiary/schemas'
import ipaddr from 'ipaddr.js'

/** An address as numbers: what tables and indicators are searched with. */
export interface ParsedAddress {
  readonly family: 4 | 6
  /** IPv4: the address. IPv6: bits 127 to 96. */
  readonly high: number
  /** IPv6: bits 95 to 64; IPv4: 0. */
  readonly low: number
  /** The address in canonical form, without a port. */
  readonly text: string
  /** Its subnet: /16 for IPv4, /48 for IPv6, in canonical form. */
  readonly subnet: string
  /** A range that is not routed on the Internet: private, loopback, link-local, shared (RFC 6598), unique local. */
  readonly isPrivate: boolean
}

/** Characters of an address that are looked at; longer text is no address. */
const addressLengthMax = 64

const privateRanges: ReadonlySet<string> = new Set([
  'private',
  'loopback',
  'linkLocal',
  'carrierGradeNat',
  'uniqueLocal',
  'unspecified',
])

/**
 * Parses an IPv4 or IPv6 address, with or without a port, as clouds write them. IPv4 in IPv6 (`::ffff:192.0.2.1`) is IPv4.
 * `undefined` for anything else: service names, `AWS Internal`, octal or shortened IPv4.
 */
export function parseAddress(text: string): ParsedAddress | undefined {
  if (text.length > addressLengthMax) return undefined
  const bare = withoutPort(text)
  if (ipaddr.IPv4.isValidFourPartDecimal(bare)) return fromIpv4(ipaddr.IPv4.parse(bare))
  if (!bare.includes(':') || !ipaddr.IPv6.isValid(bare)) return undefined
  const address = ipaddr.IPv6.parse(bare)
  return address.isIPv4MappedAddress() ? fromIpv4(address.toIPv4Address()) : fromIpv6(address)
}

function fromIpv4(address: ipaddr.IPv4): ParsedAddress {
  const [a = 0, b = 0, c = 0, d = 0] = address.octets
  return {
    family: 4,
    high: a * 0x1000000 + b * 0x10000 + c * 0x100 + d,
    low: 0,
    text: `${a}.${b}.${c}.${d}`,
    subnet: `${a}.${b}.0.0/16`,
    isPrivate: privateRanges.has(address.range()),
  }
}

function fromIpv6(address: ipaddr.IPv6): ParsedAddress {
  const [a = 0, b = 0, c = 0, d = 0] = address.parts
  // A zone (`%eth0`) is local to the machine that wrote it.
  const plain = new ipaddr.IPv6(address.parts)
  return {
    family: 6,
    high: a * 0x10000 + b,
    low: c * 0x10000 + d,
    text: plain.toRFC5952String(),
    subnet: `${a.toString(16)}:${b.toString(16)}:${c.toString(16)}::/48`,
    isPrivate: privateRanges.has(plain.range()),
  }
}

/** `192.0.2.1:443` and `[2001:db8::1]:443` lose their port; a bare IPv6 address keeps its last group. */
function withoutPort(text: string): string {
  if (text.startsWith('[')) {
    const end = text.indexOf(']')
    return end < 0 ? text : text.slice(1, end)
  }
  const colon = text.indexOf(':')
  return colon > 0 && colon === text.lastIndexOf(':') && text.includes('.') ? text.slice(0, colon) : text
}

/** Words that clouds write in place of an address, and the kind of network they stand for. */
export const addressWords: ReadonlyMap<string, NetworkType> = new Map([
  // Google Cloud: a call from within the same network, whose address is withheld.
  ['gce-internal-ip', 'private'],
])
