import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AddressTable } from '@ostiary/models'
import { OstiaryError } from '@ostiary/schemas'
import { readIpv4Csv, readIpv6Csv } from './asn-csv.ts'
import { AutonomousSystems } from './autonomous-systems.ts'
import { readCountries4, readCountries6 } from './country-mmdb.ts'
import { installedPackage } from './installed-package.ts'

export const asnPackage = '@ip-location-db/asn'
export const countryPackage = '@ip-location-db/geo-whois-asn-country-mmdb'

/**
 * Builds the address table from the packages npm installed: AS numbers and organisations from `@ip-location-db/asn`
 * (CC BY 4.0, see NOTICE), countries from `@ip-location-db/geo-whois-asn-country-mmdb` (CC0).
 *
 * @throws OstiaryError `table.invalid` when a package is missing or damaged
 */
export async function buildAddressTable(): Promise<AddressTable> {
  const asn = installedPackage(asnPackage)
  const country = installedPackage(countryPackage)
  const [asn4, asn6, country4, country6] = await Promise.all([
    read(join(asn.folder, 'asn-ipv4-num.csv')),
    read(join(asn.folder, 'asn-ipv6.csv')),
    read(join(country.folder, 'geo-whois-asn-country-ipv4.mmdb')),
    read(join(country.folder, 'geo-whois-asn-country-ipv6.mmdb')),
  ])
  const systems = new AutonomousSystems()
  return {
    asn4: readIpv4Csv(asn4, systems),
    asn6: readIpv6Csv(asn6, systems),
    country4: readCountries4(country4),
    country6: readCountries6(country6),
    ...systems.finish(),
  }
}

async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (cause) {
    throw new OstiaryError('table.invalid', `Cannot read ${file}: install the packages again with "npm ci"`, { cause })
  }
}
