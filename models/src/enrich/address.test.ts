import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseAddress } from './address.ts'

describe('parseAddress', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1', '192.0.0.0/16', false],
    ['192.0.2.1:443', '192.0.2.1', '192.0.0.0/16', false],
    ['::ffff:192.0.2.1', '192.0.2.1', '192.0.0.0/16', false],
    ['2001:DB8:1:2:0:0:0:1', '2001:db8:1:2::1', '2001:db8:1::/48', false],
    ['[2001:db8:1:2::1]:443', '2001:db8:1:2::1', '2001:db8:1::/48', false],
    ['fe80::1%eth0', 'fe80::1', 'fe80:0:0::/48', true],
    ['fd00::1', 'fd00::1', 'fd00:0:0::/48', true],
    ['10.1.2.3', '10.1.2.3', '10.1.0.0/16', true],
    ['172.31.0.1', '172.31.0.1', '172.31.0.0/16', true],
    ['100.64.0.1', '100.64.0.1', '100.64.0.0/16', true],
    ['169.254.169.254', '169.254.169.254', '169.254.0.0/16', true],
    ['127.0.0.1', '127.0.0.1', '127.0.0.0/16', true],
    ['::1', '::1', '0:0:0::/48', true],
  ])('%s', (text, canonical, subnet, isPrivate) => {
    expect(parseAddress(text)).toMatchObject({ text: canonical, subnet, isPrivate })
  })

  it.each([
    '',
    'AWS Internal',
    'ec2.amazonaws.com',
    '1234',
    '0x7f.1',
    '1.2.3',
    '256.1.1.1',
    '01.2.3.4',
    '[::1',
    '1:2',
    'g::1',
  ])('does not take %j for an address', (text) => {
    expect(parseAddress(text)).toBeUndefined()
  })

  it('finds again what it printed, and holds it in its numbers', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const address = parseAddress(text)
        if (address === undefined) throw new Error(`no address: ${text}`)
        expect(parseAddress(address.text)).toEqual(address)
        expect(address.high).toBeLessThanOrEqual(0xffffffff)
        expect(address.low).toBeGreaterThanOrEqual(0)
      }),
    )
  })

  it('is total', () => {
    fc.assert(fc.property(fc.string(), (text) => parseAddress(text) !== null))
  })
})
