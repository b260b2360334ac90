import { simulate } from '@ostiary/runtime'
import { rawKey } from '@ostiary/runtime/kafka'

export interface BenchRecord {
  readonly id: string
  readonly key: string
  readonly value: Buffer
}

const startMs = Date.parse('2026-01-05T00:00:00Z')

/** Records of the invented organisation, with the keys the collector gives them. */
export function* rawRecords(count: number, identities = 300, seed = 1): Generator<BenchRecord> {
  const keyOf = rawKey({ tenant: 'default' })
  let left = count
  for (const { record } of simulate({ seed, identities, days: 400, startMs, attacks: true })) {
    if (left === 0) return
    left -= 1
    const value = Buffer.from(JSON.stringify(record))
    yield { id: record.eventID, key: keyOf(value), value }
  }
}
