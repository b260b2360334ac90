import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { resolveIdentity } from '../identity/resolve-identity.ts'
import { parseAddress } from './address.ts'
import { type IdentityRow, indexAssets, indexIdentities, indexIndicators, parseNetwork } from './context.ts'
import { clearEvent } from './fixtures/clear-event.ts'

const row = (match: string, team: string): IdentityRow => ({ match, team, zone: '', privilege: 'unknown' })

describe('indexIdentities', () => {
  const role = resolveIdentity(clearEvent(), 'sdk')
  const person = resolveIdentity(clearEvent({ principal: { vouchedName: 'ada@example.com', vouchedBy: 'sso' } }), 'cli')

  it.each([
    ['video-api-159-role', 'short'],
    ['VIDEO-API-*', 'pattern'],
    ['arn:aws:iam::111122223333:role/video-api-159-role', 'full'],
  ])('finds a role by %s', (match, team) => {
    expect(indexIdentities([row(match, team)])(role)?.team).toBe(team)
  })

  it('finds a person by name and by the role they hold', () => {
    expect(indexIdentities([row('ada@example.com', 'video')])(person)?.team).toBe('video')
    expect(indexIdentities([row('*@example.com', 'staff')])(person)?.team).toBe('staff')
    expect(indexIdentities([row('video-api-159-role', 'video')])(person)?.team).toBe('video')
  })

  it('lets the first row hold, exact or not', () => {
    expect(indexIdentities([row('*@example.com', 'first'), row('ada@example.com', 'second')])(person)?.team).toBe(
      'first',
    )
    expect(indexIdentities([row('ada@example.com', 'first'), row('*', 'second')])(person)?.team).toBe('first')
    expect(indexIdentities([row('bob@example.com', 'none')])(person)).toBeUndefined()
  })

  it('never looks at the name of a session, which its caller chooses', () => {
    expect(indexIdentities([row('i-0abc1234def567890', 'x'), row('*assumed-role*', 'x')])(role)).toBeUndefined()
  })
})

describe('indexAssets', () => {
  it('gives the highest rating that matches, in full or short', () => {
    const criticalityOf = indexAssets([
      { pattern: 'prod-*', criticality: 3 },
      { pattern: 'prod-ledger', criticality: 4 },
      { pattern: 'arn:aws:s3:::prod-*', criticality: 2 },
    ])
    expect(criticalityOf('prod-ledger')).toBe(4)
    expect(criticalityOf('arn:aws:rds:eu-central-1:111122223333:cluster/prod-web')).toBe(3)
    expect(criticalityOf('arn:aws:s3:::prod-logs')).toBe(2)
    expect(criticalityOf('test-ledger')).toBe(0)
  })
})

describe('indexIndicators', () => {
  const named = (value: string) => ({ value, name: value, networkType: 'unknown' as const })
  const find = (values: readonly string[], address: string, asn = 0) =>
    indexIndicators(values.map(named))(parseAddress(address), asn)?.name

  it('prefers the address, then its longest network, then its AS', () => {
    const all = ['AS64500', '203.0.113.0/24', '203.0.113.0/28', '203.0.113.9']
    expect(find(all, '203.0.113.9', 64500)).toBe('203.0.113.9')
    expect(find(all, '203.0.113.8', 64500)).toBe('203.0.113.0/28')
    expect(find(all, '203.0.113.99', 64500)).toBe('203.0.113.0/24')
    expect(find(all, '198.51.100.1', 64500)).toBe('AS64500')
    expect(find(all, '198.51.100.1')).toBeUndefined()
    expect(indexIndicators([named('AS64500')])(undefined, 64500)?.name).toBe('AS64500')
  })

  it('knows IPv6 networks up to /64 and whole addresses', () => {
    expect(find(['2001:db8::/32'], '2001:db8:1::1')).toBe('2001:db8::/32')
    expect(find(['2001:db8:1:2::/64'], '2001:db8:1:3::1')).toBeUndefined()
    expect(find(['2001:db8::1/128'], '2001:db8::1')).toBe('2001:db8::1/128')
    expect(find(['0.0.0.0/0'], '2001:db8::1')).toBeUndefined()
  })

  it('agrees with comparing bit by bit', () => {
    const bits = fc.integer({ min: 0, max: 32 })
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV4(), bits, (network, address, length) => {
        const binary = (text: string): string =>
          text
            .split('.')
            .map((part) => Number(part).toString(2).padStart(8, '0'))
            .join('')
        const isInside = binary(network).slice(0, length) === binary(address).slice(0, length)
        expect(find([`${network}/${length}`], address) !== undefined).toBe(isInside)
      }),
    )
  })
})

describe('parseNetwork', () => {
  it.each(['', 'x', '192.0.2.0/33', '192.0.2.0/', '192.0.2.0/-1', '2001:db8::/65', '2001:db8::/129'])(
    'refuses %j',
    (text) => {
      expect(parseNetwork(text)).toBeUndefined()
    },
  )
})
