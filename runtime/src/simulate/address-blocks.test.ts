import { createEnricher } from '@ostiary/models'
import { sources } from '@ostiary/schemas'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadTables } from '../tables/load-tables.ts'
import { blocksOf, type NetworkKind, placesOf } from './address-blocks.ts'

const cloudtrail = sources.find((source) => source.id === 'aws.cloudtrail')!

let enrich: ReturnType<typeof createEnricher>
beforeAll(async () => {
  enrich = createEnricher({ tenantUid: 'test', key: new Uint8Array(32), tables: await loadTables() })
}, 120_000)

/** What the product must take a caller of each kind for. */
const expectedTypes: Readonly<Record<NetworkKind, string>> = {
  home: 'access',
  business: 'access',
  hosting: 'hosting',
  vpn: 'vpn',
  runner: 'cloud',
  cloud: 'cloud',
}

/** A few addresses of the block. */
function probes(block: string): readonly string[] {
  return block.split('.').length === 3 ? [`${block}.77`] : [3, 90, 180, 250].map((third) => `${block}.${third}.77`)
}

function sourceOf(address: string): { readonly type: string; readonly country: string } {
  const outcome = cloudtrail.normalise({
    eventSource: 's3.amazonaws.com',
    eventName: 'ListBuckets',
    eventTime: '2026-03-02T09:15:04Z',
    sourceIPAddress: address,
  })
  if (outcome.kind !== 'event') throw new Error(`not an event: ${address}`)
  const { src } = enrich(outcome.event, () => '')
  return { type: src.network_type, country: src.country }
}

describe.each(Object.keys(expectedTypes) as NetworkKind[])('%s blocks', (kind) => {
  it.each(placesOf(kind))('of "%s" are what they are said to be', (place) => {
    const wrong: string[] = []
    for (const block of blocksOf(kind, place)) {
      for (const address of probes(block)) {
        const { type, country } = sourceOf(address)
        const hasCountry = kind !== 'cloud' && place !== ''
        if (type !== expectedTypes[kind] || (hasCountry && country !== place))
          wrong.push(`${address} ${type} ${country}`)
      }
    }
    expect(wrong).toEqual([])
  })
})
