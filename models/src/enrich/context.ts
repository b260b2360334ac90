import type { NetworkType, Privilege } from '@ostiary/schemas'
import type { ResolvedIdentity } from '../identity/resolved-identity.ts'
import { lastSegment, lowerAscii } from '../identity/resolved-identity.ts'
import type { ParsedAddress } from './address.ts'
import { parseAddress } from './address.ts'
import { matchesGlob } from './glob.ts'

/** One row of the user's identity context; the first row that matches holds. */
export interface IdentityRow {
  /** Person, user, role or key, in full or short; `*` stands for any characters. */
  readonly match: string
  readonly team: string
  /** IANA time zone in which the identity's times are shown; `''` for UTC. */
  readonly zone: string
  /** `unknown` leaves the privilege to be read off the role's name. */
  readonly privilege: Privilege
}

/** One row of asset criticality; the highest of the rows that match holds. */
export interface AssetRow {
  readonly pattern: string
  /** 0 nothing stated, 1 low, 2 ordinary, 3 high, 4 critical. */
  readonly criticality: number
}

/** One indicator: an address, a network (CIDR) or an AS (`AS64500`), and what to call it. */
export interface IndicatorRow {
  readonly value: string
  readonly name: string
  /** What kind of network it is, if the list says so: `tor`, `vpn`, `hosting`; `unknown` otherwise. */
  readonly networkType: NetworkType
}

/** The user's own knowledge about identities, assets and addresses. */
export interface Context {
  readonly identities: readonly IdentityRow[]
  readonly assets: readonly AssetRow[]
  readonly indicators: readonly IndicatorRow[]
}

export const emptyContext: Context = { identities: [], assets: [], indicators: [] }

/** Rows of each kind that a context may have. */
export const contextRowsMax = 100_000

/** Finds the row of an identity, or `undefined`. */
export type IdentityIndex = (identity: ResolvedIdentity) => IdentityRow | undefined

/**
 * Prepares the identity rows for look-up. Matched are the key's name and the issuing role, in full and short; never a
 * session's name, which its caller chooses. Rows without a star are found by hash, so a directory of people stays cheap.
 */
export function indexIdentities(rows: readonly IdentityRow[]): IdentityIndex {
  const find = firstMatch(rows.map((row) => row.match))
  return (identity) => {
    const keyed = identity.key.slice(identity.key.indexOf('/', identity.key.indexOf('/') + 1) + 1)
    const { name, issuer, roleName } = identity
    let first = rows.length
    for (const candidate of [name, keyed, lastSegment(keyed), issuer, lastSegment(issuer), roleName]) {
      if (candidate !== '') first = Math.min(first, find(candidate))
    }
    return rows[first]
  }
}

/** The criticality stated for a resource: 0 to 4. */
export type AssetIndex = (resourceUid: string) => number

/** Prepares the asset rows for look-up, the most critical first. */
export function indexAssets(rows: readonly AssetRow[]): AssetIndex {
  const sorted = [...rows].sort((a, b) => b.criticality - a.criticality)
  const find = firstMatch(sorted.map((row) => row.pattern))
  return (resourceUid) => {
    const first = Math.min(find(resourceUid), find(lastSegment(resourceUid)))
    return sorted[first]?.criticality ?? 0
  }
}

/** Position of the first pattern that matches a text, or the number of patterns. */
function firstMatch(patterns: readonly string[]): (text: string) => number {
  const exact = new Map<string, number>()
  const globs: { readonly pattern: string; readonly at: number }[] = []
  patterns.forEach((pattern, at) => {
    const folded = lowerAscii(pattern)
    if (pattern.includes('*')) globs.push({ pattern, at })
    else if (!exact.has(folded)) exact.set(folded, at)
  })
  return (text) => {
    const known = exact.get(lowerAscii(text)) ?? patterns.length
    return globs.find((glob) => glob.at < known && matchesGlob(glob.pattern, text))?.at ?? known
  }
}

/** Finds the indicator an address falls under: exact address, then its longest network, then its AS. */
export type IndicatorIndex = (address: ParsedAddress | undefined, asn: number) => IndicatorRow | undefined

/** Prepares a list of indicators for look-up. Values that are no address, network or AS are left out. */
export function indexIndicators(rows: readonly IndicatorRow[]): IndicatorIndex {
  const exact = new Map<string, IndicatorRow>()
  const systems = new Map<number, IndicatorRow>()
  const networks = new Map<number, Map<string, IndicatorRow>>()
  for (const row of rows) {
    const asn = /^as(\d{1,10})$/i.exec(row.value.trim())?.[1]
    if (asn !== undefined) {
      systems.set(Number(asn), row)
      continue
    }
    const network = parseNetwork(row.value)
    if (network === undefined) continue
    if (network.bits === (network.address.family === 4 ? 32 : 128)) {
      exact.set(network.address.text, row)
      continue
    }
    const sameLength = networks.get(network.bits) ?? new Map<string, IndicatorRow>()
    sameLength.set(prefixOf(network.address, network.bits), row)
    networks.set(network.bits, sameLength)
  }
  const lengths = [...networks.keys()].sort((a, b) => b - a)
  return (address, asn) => {
    if (address !== undefined) {
      const found = exact.get(address.text)
      if (found !== undefined) return found
      for (const bits of lengths) {
        const row = networks.get(bits)?.get(prefixOf(address, bits))
        if (row !== undefined) return row
      }
    }
    return asn === 0 ? undefined : systems.get(asn)
  }
}

/**
 * An address or CIDR network, or `undefined`. IPv6 networks are told apart by their upper 64 bits, as everywhere in the
 * enrichment, so lengths between /65 and /127 are refused.
 */
export function parseNetwork(text: string): { readonly address: ParsedAddress; readonly bits: number } | undefined {
  const value = text.trim()
  const slash = value.indexOf('/')
  const address = parseAddress(slash < 0 ? value : value.slice(0, slash))
  if (address === undefined) return undefined
  const whole = address.family === 4 ? 32 : 128
  if (slash < 0) return { address, bits: whole }
  const length = value.slice(slash + 1)
  const bits = /^\d{1,3}$/.test(length) ? Number(length) : -1
  const isLength = address.family === 4 ? bits >= 0 && bits <= 32 : (bits >= 0 && bits <= 64) || bits === 128
  return isLength ? { address, bits } : undefined
}

/** The first bits of an address as a key; an address of the other family never shares one. */
function prefixOf(address: ParsedAddress, bits: number): string {
  const high = firstBits(address.high, Math.min(bits, 32))
  const low = bits > 32 ? firstBits(address.low, bits - 32) : 0
  return `${address.family}/${high}/${low}`
}

function firstBits(value: number, bits: number): number {
  if (bits >= 32) return value
  return bits <= 0 ? 0 : (value & (0xffffffff << (32 - bits))) >>> 0
}
