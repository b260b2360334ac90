import { emptyAddressTable, lookupIpv4, lookupIpv6 } from '@ostiary/models'
import { describe, expect, it } from 'vitest'
import { readIpv4Csv, readIpv6Csv } from './asn-csv.ts'
import { AutonomousSystems } from './autonomous-systems.ts'

const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8')

function table(ipv4: string, ipv6: string) {
  const systems = new AutonomousSystems()
  const asn4 = readIpv4Csv(bytes(ipv4), systems)
  const asn6 = readIpv6Csv(bytes(ipv6), systems)
  return { ...emptyAddressTable, asn4, asn6, ...systems.finish() }
}

describe('readIpv4Csv', () => {
  it('reads ranges, quoted names and gaps', () => {
    const read = table('256,511,64500,"Example ""One"", Ltd"\n512,767,64501,Zwei GmbH\r\n1024,1279,64500,Renamed\n', '')
    expect(lookupIpv4(read, 255)).toMatchObject({ asn: 0 })
    expect(lookupIpv4(read, 256)).toMatchObject({ asn: 64500, asOrg: 'Example "One", Ltd' })
    expect(lookupIpv4(read, 767)).toMatchObject({ asn: 64501, asOrg: 'Zwei GmbH' })
    expect(lookupIpv4(read, 768)).toMatchObject({ asn: 0 })
    // A system keeps the first name it is met with.
    expect(lookupIpv4(read, 1279)).toMatchObject({ asn: 64500, asOrg: 'Example "One", Ltd' })
    expect(lookupIpv4(read, 1280)).toMatchObject({ asn: 0 })
  })

  it('reads to the last address and without a last newline', () => {
    const read = table('4294967040,4294967295,64500,Last', '')
    expect(lookupIpv4(read, 0xffffffff)).toMatchObject({ asn: 64500 })
    expect(read.asn4.starts).toEqual(Uint32Array.from([0, 0xffffff00]))
  })

  it('joins neighbours of one system and cuts what overlaps', () => {
    const read = table('0,9,64500,A\n10,19,64500,A\n15,29,64501,B\n', '')
    expect(read.asn4.starts).toEqual(Uint32Array.from([0, 20, 30]))
  })

  it.each(['x,9,1,A\n', '0,9\n', '0,4294967296,1,A\n', '0;9;1;A\n', '0,9,,A\n'])('refuses %j with the row', (row) => {
    expect(() => table(`0,1,1,A\n${row}`, '')).toThrow('Cannot read row 2')
  })
})

describe('readIpv6Csv', () => {
  it('reads text of any length and goes by the upper 64 bits', () => {
    const read = table(
      '',
      '2001:db8::,2001:db8:ffff:ffff:ffff:ffff:ffff:ffff,64500,A\n2001:DB9:0:1::,2001:db9:0:1:ffff:ffff:ffff:ffff,64501,B\n',
    )
    expect(lookupIpv6(read, 0x20010db8, 0xffffffff)).toMatchObject({ asn: 64500 })
    expect(lookupIpv6(read, 0x20010db9, 0)).toMatchObject({ asn: 0 })
    expect(lookupIpv6(read, 0x20010db9, 1)).toMatchObject({ asn: 64501 })
    expect(lookupIpv6(read, 0x20010db9, 2)).toMatchObject({ asn: 0 })
  })

  it('leaves out what is smaller than a /64', () => {
    const read = table('', '2001:db8::30,2001:db8::30,64500,A\n')
    expect(lookupIpv6(read, 0x20010db8, 0)).toMatchObject({ asn: 0 })
  })

  it.each(['2001:db8,2001:db9::,1,A\n', '1:2:3:4:5:6:7:8:9,::,1,A\n', '12345::,::,1,A\n', 'g::,::,1,A\n'])(
    'refuses %j',
    (row) => {
      expect(() => table('', row)).toThrow('expected an IPv6 address')
    },
  )
})
