import { OstiaryError } from '@ostiary/schemas'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AddressTable, emptyAddressTable, lookupIpv4, lookupIpv6 } from './address-table.ts'
import { decodeAddressTable, encodeAddressTable } from './address-table-format.ts'
import { smallAddressTable } from './fixtures/small-address-table.ts'

const nothing = { country: '', asn: 0, asOrg: '' }

describe('look-up', () => {
  it('finds the range at both of its ends and nothing beside it', () => {
    const table = smallAddressTable()
    const access = { country: 'DE', asn: 64500, asOrg: 'Example Access' }
    expect(lookupIpv4(table, 0xc0000200)).toEqual(access)
    expect(lookupIpv4(table, 0xc00002ff)).toEqual(access)
    expect(lookupIpv4(table, 0xc00001ff)).toEqual(nothing)
    expect(lookupIpv4(table, 0xc0000300)).toEqual(nothing)
    expect(lookupIpv4(table, 0xffffffff)).toEqual(nothing)
    const hosting = { country: 'FR', asn: 64501, asOrg: 'Example Hosting' }
    expect(lookupIpv6(table, 0x20010db8, 0)).toEqual(hosting)
    expect(lookupIpv6(table, 0x20010db8, 0xffffffff)).toEqual(hosting)
    expect(lookupIpv6(table, 0x20010db9, 0)).toEqual(nothing)
    expect(lookupIpv6(table, 0x20010db7, 0xffffffff)).toEqual(nothing)
  })

  it('knows nothing from an empty table', () => {
    expect(lookupIpv4(emptyAddressTable, 1)).toEqual(nothing)
    expect(lookupIpv6(emptyAddressTable, 1, 1)).toEqual(nothing)
  })

  it('agrees with a search from the front', () => {
    const uint32 = fc.integer({ min: 0, max: 0xffffffff })
    fc.assert(
      fc.property(fc.uniqueArray(uint32, { minLength: 1 }), uint32, (starts, address) => {
        const sorted = Uint32Array.from(starts).sort()
        const values = Uint16Array.from(sorted, (_, at) => 0x4141 + at)
        const table: AddressTable = { ...emptyAddressTable, country4: { starts: sorted, values } }
        const at = [...sorted].filter((start) => start <= address).length - 1
        const expected = at < 0 ? '' : String.fromCharCode((0x4141 + at) >> 8, (0x4141 + at) & 0xff)
        expect(lookupIpv4(table, address).country).toBe(expected)
      }),
    )
  })
})

describe('format', () => {
  it('round-trips', () => {
    for (const table of [smallAddressTable(), emptyAddressTable]) {
      const bytes = encodeAddressTable(table)
      expect(decodeAddressTable(bytes)).toEqual(table)
      expect(encodeAddressTable(decodeAddressTable(bytes))).toEqual(bytes)
    }
  })

  it('reads bytes that begin anywhere in a larger buffer', () => {
    const bytes = encodeAddressTable(smallAddressTable())
    const shifted = new Uint8Array(bytes.length + 3)
    shifted.set(bytes, 3)
    expect(decodeAddressTable(shifted.subarray(3))).toEqual(smallAddressTable())
  })

  it('refuses every cut and every longer file', () => {
    const bytes = encodeAddressTable(smallAddressTable())
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => decodeAddressTable(bytes.subarray(0, length))).toThrow(OstiaryError)
    }
    expect(() => decodeAddressTable(Buffer.concat([bytes, Buffer.alloc(4)]))).toThrow('bytes follow')
  })

  it('refuses ranges out of order and systems that are not there', () => {
    const table = smallAddressTable()
    const starts = Uint32Array.from(table.asn4.starts).reverse()
    const unordered = encodeAddressTable({ ...table, asn4: { ...table.asn4, starts } })
    expect(() => decodeAddressTable(unordered)).toThrow('IPv4 ranges are out of order')
    const values = table.asn6.values.map(() => 9)
    const unknown = encodeAddressTable({ ...table, asn6: { ...table.asn6, values } })
    expect(() => decodeAddressTable(unknown)).toThrow('names no system')
  })
})
