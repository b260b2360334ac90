import { describe, expect, it } from 'vitest'
import { networkMarks, networkTypeOf } from './network-marks.ts'

describe('networkTypeOf', () => {
  it.each([
    [16509, 'Amazon.com, Inc.', 'cloud'],
    [8075, 'Microsoft Corporation', 'cloud'],
    [396982, 'Google LLC', 'cloud'],
    [24940, 'Hetzner Online GmbH', 'hosting'],
    [9009, 'M247 Europe SRL', 'vpn'],
    [64500, 'Example Web Hosting Ltd', 'hosting'],
    [64500, 'Example VPN Inc', 'vpn'],
    [64500, 'Example Telecom', 'access'],
    [0, '', 'unknown'],
  ])('AS%d %s is %s', (asn, organisation, type) => {
    expect(networkTypeOf(asn, organisation)).toBe(type)
  })

  it('marks no network twice', () => {
    const asns = networkMarks.marks.flatMap((mark) => mark.asns)
    expect(asns.length).toBe(new Set(asns).size)
  })
})
