import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import { OstiaryError } from '@ostiary/schemas'
import { BoundedCache } from '../enrich/bounded-cache.ts'

/** What a pseudonym stands for. The kind is part of the key, so one value gives unrelated pseudonyms in two kinds. */
export const pseudonymKinds = ['id', 'iss', 'grp', 'ip', 'net', 'ses', 'key', 'res', 'ua'] as const
export type PseudonymKind = (typeof pseudonymKinds)[number]

/** Bytes of a tenant's pseudonym key. */
export const pseudonymKeyBytes = 32

/** Hex digits kept of each HMAC: 80 bits, so that among 10^9 values two share a pseudonym once in a million tenants. */
export const pseudonymHexDigits = 20

/** Most pseudonyms remembered per kind, to save computing them again; the oldest unused are forgotten first. */
export const pseudonymsMax = 16_384

/** Every pseudonym has this form. */
export const pseudonymPattern: RegExp = /^(?:id|iss|grp|ip|net|ses|key|res|ua)-[0-9a-f]{20}$/

/** Turns a clear value into its pseudonym; `''` (absent) stays `''`. `name` is what the name book learns for it. */
export type Pseudonymiser = (kind: PseudonymKind, clear: string, name?: string) => string

export interface PseudonymiserOptions {
  readonly tenantUid: string
  /** The tenant's secret, `pseudonymKeyBytes` bytes. */
  readonly key: Uint8Array
  /** Told each pseudonym with its clear name whenever it is computed, so at least once; for a name book. */
  readonly onName?: (pseudonym: string, clear: string) => void
}

/**
 * Pseudonyms are HMAC-SHA256 (RFC 2104) of the value's UTF-8 bytes under a key derived per tenant and kind:
 * `HMAC(HMAC(key, "ostiary pseudonym 1" 0x00 tenant), kind)`, cut to 80 bits. Without the key nobody can find a value by
 * trying; with it the same value gives the same pseudonym in every run.
 *
 * @throws OstiaryError `key.invalid` for a key of another length.
 */
export function createPseudonymiser(options: PseudonymiserOptions): Pseudonymiser {
  if (options.key.length !== pseudonymKeyBytes) {
    const found = options.key.length
    throw new OstiaryError(
      'key.invalid',
      `Cannot pseudonymise with a key of ${found} bytes: give a key of ${pseudonymKeyBytes} bytes`,
    )
  }
  const tenantKey = createHmac('sha256', options.key).update(`ostiary pseudonym 1\0${options.tenantUid}`).digest()
  const keys = {} as Record<PseudonymKind, KeyObject>
  const caches = {} as Record<PseudonymKind, BoundedCache<string>>
  for (const kind of pseudonymKinds) {
    keys[kind] = createSecretKey(createHmac('sha256', tenantKey).update(kind).digest())
    caches[kind] = new BoundedCache(pseudonymsMax)
  }
  const onName = options.onName
  return (kind, clear, name = clear) => {
    if (clear === '') return ''
    const cached = caches[kind].get(clear)
    if (cached !== undefined) return cached
    const hex = createHmac('sha256', keys[kind]).update(clear, 'utf8').digest('hex')
    const pseudonym = `${kind}-${hex.slice(0, pseudonymHexDigits)}`
    caches[kind].set(clear, pseudonym)
    if (onName !== undefined) onName(pseudonym, name)
    return pseudonym
  }
}
