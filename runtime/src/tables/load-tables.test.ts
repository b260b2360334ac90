import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EnrichmentTables, encodeAddressTable, lookupIpv4, lookupIpv6 } from '@ostiary/models'
import { Reader } from 'mmdb-lib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asnPackage, countryPackage } from './build-address-table.ts'
import { installedPackage } from './installed-package.ts'
import { loadTables } from './load-tables.ts'

let folder = ''
let tables: EnrichmentTables
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ostiary-tables-'))
  tables = await loadTables({ cacheFolder: folder })
})
afterAll(async () => {
  await rm(folder, { recursive: true })
})

describe('loadTables', () => {
  it('gives the same tables from its cache, and builds them again when the cache is damaged', async () => {
    expect((await loadTables({ cacheFolder: folder })).id).toBe(tables.id)
    for (const file of await readdir(folder)) await writeFile(join(folder, file), 'damaged')
    const again = await loadTables({ cacheFolder: folder })
    expect(again.id).toBe(tables.id)
    const [bytes, expected] = [again, tables].map((loaded) => Buffer.from(encodeAddressTable(loaded.address)))
    expect(bytes?.equals(expected ?? Buffer.alloc(0))).toBe(true)
  })

  it('has another name with another context', async () => {
    const file = join(folder, 'context.json')
    await writeFile(file, '{"assets":[{"pattern":"prod-*","criticality":4}]}')
    const other = await loadTables({ cacheFolder: folder, contextFiles: [file] })
    expect(other.id).not.toBe(tables.id)
    expect(other.context.assets).toEqual([{ pattern: 'prod-*', criticality: 4 }])
  })

  it('knows the levels of well-known actions', () => {
    const level = (prefix: string, action: string) => tables.accessLevels.get(prefix)?.get(action)
    expect(level('s3', 'getobject')).toBe('read')
    expect(level('iam', 'attachuserpolicy')).toBe('permissions')
    expect(level('ec2', 'describeinstances')).toBe('list')
    expect(level('ec2', 'runinstances')).toBe('write')
    expect(level('ec2', 'createtags')).toBe('tagging')
  })
})

describe('address table', () => {
  /** Every 997th row: enough to meet every part of the file, few enough to be quick. */
  async function sampledRows(file: string): Promise<readonly string[][]> {
    const text = await readFile(join(installedPackage(asnPackage).folder, file), 'utf8')
    return text
      .split('\n')
      .filter((row, at) => at % 997 === 0 && row !== '')
      .map((row) => row.split(','))
  }

  it('agrees with the rows of the package at both ends, IPv4', async () => {
    for (const [first, last, asn] of await sampledRows('asn-ipv4-num.csv')) {
      expect(lookupIpv4(tables.address, Number(first)).asn).toBe(Number(asn))
      expect(lookupIpv4(tables.address, Number(last)).asn).toBe(Number(asn))
    }
  })

  it('agrees with the rows of the package, IPv6', async () => {
    const rows = await sampledRows('asn-ipv6-num.csv')
    expect(rows.length).toBeGreaterThan(50)
    for (const [first, last, asn] of rows) {
      const [from, to] = [BigInt(first ?? ''), BigInt(last ?? '')]
      // What does not fill whole /64 networks is left out of the table.
      if ((from & 0xffffffffffffffffn) !== 0n || ((to + 1n) & 0xffffffffffffffffn) !== 0n) continue
      for (const address of [from, to]) {
        const found = lookupIpv6(tables.address, Number(address >> 96n), Number((address >> 64n) & 0xffffffffn))
        expect(found.asn).toBe(Number(asn))
      }
    }
  })

  it('agrees with the MMDB reader on countries', async () => {
    const { folder: packageFolder } = installedPackage(countryPackage)
    const ipv4 = new Reader<never>(await readFile(join(packageFolder, 'geo-whois-asn-country-ipv4.mmdb')))
    const ipv6 = new Reader<never>(await readFile(join(packageFolder, 'geo-whois-asn-country-ipv6.mmdb')))
    const countryOf = (reader: Reader<never>, address: string): string =>
      (reader.get(address) as { country_code?: string } | null)?.country_code ?? ''
    const seen = new Set<string>()
    // A fixed walk over the whole space: multiples of a prime, modulo 2^32.
    for (let step = 0, address = 0; step < 5000; step += 1, address = (address + 2654435761) % 2 ** 32) {
      const dotted = [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join('.')
      const { country } = lookupIpv4(tables.address, address)
      expect(`${dotted} ${country}`).toBe(`${dotted} ${countryOf(ipv4, dotted)}`)
      seen.add(country)
      const high = 0x20000000 + (address >>> 5)
      const text = `${(high >>> 16).toString(16)}:${(high & 0xffff).toString(16)}::`
      expect(`${text} ${lookupIpv6(tables.address, high, 0).country}`).toBe(`${text} ${countryOf(ipv6, text)}`)
    }
    expect(seen.size).toBeGreaterThan(20)
  })

  it('knows the makers of the clouds', () => {
    expect(lookupIpv4(tables.address, 0x08080808)).toMatchObject({ country: 'US', asn: 15169, asOrg: 'Google LLC' })
    expect(lookupIpv6(tables.address, 0x20014860, 0x48600000)).toMatchObject({ asn: 15169 })
    expect(lookupIpv4(tables.address, 0xc0000201)).toMatchObject({ asn: 0 })
  })
})
