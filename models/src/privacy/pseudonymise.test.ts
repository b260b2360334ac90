import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPseudonymiser, pseudonymKinds, pseudonymPattern, pseudonymsMax } from './pseudonymise.ts'

const key = Uint8Array.from({ length: 32 }, (_, at) => at)

describe('createPseudonymiser', () => {
  it('keeps to the vectors of docs/spec/privacy.md', () => {
    const pseudonymise = createPseudonymiser({ tenantUid: 'default', key })
    expect(pseudonymise('id', 'aws/person/ada@example.com')).toBe('id-eb6d36a25559f7318171')
    expect(pseudonymise('ip', '192.0.2.1')).toBe('ip-09def8bffb544b88a91c')
    expect(pseudonymise('res', 'arn:aws:s3:::bücket')).toBe('res-8eb85df9d32840732928')
  })

  it('gives a value one pseudonym per tenant, key and kind', () => {
    const other = Uint8Array.from(key, (byte) => byte ^ 1)
    const seen = new Set<string>()
    for (const [tenantUid, secret] of [
      ['a', key],
      ['b', key],
      ['a', other],
    ] as const) {
      const pseudonymise = createPseudonymiser({ tenantUid, key: secret })
      for (const kind of pseudonymKinds) seen.add(pseudonymise(kind, 'ada').slice(kind.length))
    }
    expect(seen.size).toBe(3 * pseudonymKinds.length)
  })

  it('is the same from a fresh start, in any order, and has one form', () => {
    const kind = fc.constantFrom(...pseudonymKinds)
    const warm = createPseudonymiser({ tenantUid: 'a', key })
    fc.assert(
      fc.property(kind, fc.string({ minLength: 1 }), (of, clear) => {
        const pseudonym = warm(of, clear)
        expect(pseudonym).toMatch(pseudonymPattern)
        expect(createPseudonymiser({ tenantUid: 'a', key })(of, clear)).toBe(pseudonym)
      }),
    )
  })

  it('leaves what is absent absent', () => {
    expect(createPseudonymiser({ tenantUid: 'a', key })('ip', '')).toBe('')
  })

  it('tells the name book each name, also when more come than it remembers', () => {
    const book = new Map<string, string>()
    const onName = (pseudonym: string, clear: string): void => {
      book.set(pseudonym, clear)
    }
    const pseudonymise = createPseudonymiser({ tenantUid: 'a', key, onName })
    const first = pseudonymise('id', 'aws/person/ada', 'Ada')
    for (let value = 0; value < pseudonymsMax + 10; value += 1) pseudonymise('ip', String(value))
    expect(book.get(first)).toBe('Ada')
    expect(book.size).toBe(pseudonymsMax + 11)
    expect(pseudonymise('ip', '0')).toBe([...book.entries()].find(([, clear]) => clear === '0')?.[0])
  })

  it('refuses a key of another length', () => {
    expect(() => createPseudonymiser({ tenantUid: 'a', key: new Uint8Array(16) })).toThrow('16 bytes')
  })
})
