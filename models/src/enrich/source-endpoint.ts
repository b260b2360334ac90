import type { AccessEvent } from '@ostiary/schemas'
import type { Pseudonymiser } from '../privacy/pseudonymise.ts'
import { addressWords, parseAddress } from './address.ts'
import { lookupIpv4, lookupIpv6 } from './address-table.ts'
import type { IndicatorIndex } from './context.ts'
import type { EnrichmentTables } from './enrichment-tables.ts'
import { networkTypeOf } from './network-marks.ts'
import { serviceName } from './service-address.ts'

export type SrcEndpoint = AccessEvent['src']

const nowhere: SrcEndpoint = {
  ip: '',
  subnet_uid: '',
  asn: 0,
  as_org: '',
  country: '',
  network_type: 'unknown',
  svc_name: '',
  indicator: '',
}

/**
 * Where a call came from: country, AS and kind of network from the tables, a service's name, the user's indicator. The
 * address and its subnet are pseudonyms; whatever is neither an address nor a service's name is a pseudonym as well.
 */
export function sourceEndpoint(
  sourceAddress: string,
  tables: EnrichmentTables,
  indicatorOf: IndicatorIndex,
  pseudonymise: Pseudonymiser,
): SrcEndpoint {
  if (sourceAddress === '') return nowhere
  const service = serviceName(sourceAddress)
  if (service !== '') return { ...nowhere, network_type: 'provider_service', svc_name: service }
  const word = addressWords.get(sourceAddress)
  if (word !== undefined) return { ...nowhere, network_type: word }
  const address = parseAddress(sourceAddress)
  if (address === undefined) return { ...nowhere, ip: pseudonymise('ip', sourceAddress) }
  const ip = pseudonymise('ip', address.text)
  const subnet = pseudonymise('net', address.subnet)
  if (address.isPrivate) {
    const indicator = indicatorOf(address, 0)?.name ?? ''
    return { ...nowhere, ip, subnet_uid: subnet, network_type: 'private', indicator }
  }
  const facts =
    address.family === 4
      ? lookupIpv4(tables.address, address.high)
      : lookupIpv6(tables.address, address.high, address.low)
  const indicator = indicatorOf(address, facts.asn)
  const stated = indicator === undefined || indicator.networkType === 'unknown' ? undefined : indicator.networkType
  return {
    ip,
    subnet_uid: subnet,
    asn: facts.asn,
    as_org: facts.asOrg,
    country: facts.country,
    network_type: stated ?? networkTypeOf(facts.asn, facts.asOrg),
    svc_name: '',
    indicator: indicator?.name ?? '',
  }
}
