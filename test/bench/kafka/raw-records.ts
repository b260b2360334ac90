import { simulate } from '@ostiary/runtime'
import { rawKey } from '@ostiary/runtime/kafka'

export interface BenchRecord {
  readonly id: string
  readonly key: string
  readonly value: Buffer
}

const startMs = Date.parse('2026-01-05T00:00:00Z')

/** So many that days do not close every few seconds at a bench's rates: an organisation of 300 is at work 0.1 times a second. */
const identitiesByDefault = 3000

/** Records of the invented organisation, with the keys the collector gives them. */
export function* rawRecords(count: number, identities: number = identitiesByDefault, seed = 1): Generator<BenchRecord> {
  const keyOf = rawKey({ tenant: 'default' })
  let left = count
  for (const { record } of simulate({ seed, identities, days: 400, startMs, attacks: true })) {
    if (left === 0) return
    left -= 1
    const value = Buffer.from(JSON.stringify(record))
    yield { id: record.eventID, key: keyOf(value), value }
  }
}

/** The same with a strange one after every so many: whoever it is stops the audit log, which opens a case at once. */
export function* withProbes(records: Iterable<BenchRecord>, every: number): Generator<BenchRecord> {
  const keyOf = rawKey({ tenant: 'default' })
  let count = 0
  for (const record of records) {
    yield record
    count += 1
    if (count % every !== 0) continue
    const { errorCode: _code, errorMessage: _message, ...rest } = JSON.parse(record.value.toString('utf8'))
    const probe = {
      ...{ ...rest, eventID: `probe-${count}`, eventSource: 'cloudtrail.amazonaws.com', eventName: 'StopLogging' },
      ...{ readOnly: false, managementEvent: true, requestParameters: { name: 'main' }, responseElements: null },
    }
    const value = Buffer.from(JSON.stringify(probe))
    yield { id: probe.eventID, key: keyOf(value), value }
  }
}
