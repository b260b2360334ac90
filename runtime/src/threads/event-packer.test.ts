import type { AccessEvent } from '@ostiary/schemas'
import { array, assert, constantFrom, integer, property, record, string, uniqueArray } from 'fast-check'
import { expect, test } from 'vitest'
import { EventPacker, type PackedEvents, partsMax } from './event-packer.ts'
import { EventUnpacker } from './event-unpacker.ts'

type Part<Name extends keyof AccessEvent> = AccessEvent[Name]

/** Parts as an enricher would share them, among few events. */
const identities = [1, 2, 3].map((n) => ({ uid: `id-${n}`, type: 'human', zone: '' }) as unknown as Part<'identity'>)
const sessions = [1, 2].map(
  (n) => ({ uid: `ses-${n}`, created_time: null, chained: false }) as unknown as Part<'session'>,
)
const sources = [1, 2].map((n) => ({ ip: `ip-${n}`, asn: n }) as unknown as Part<'src'>)
const agents = [1, 2].map((n) => ({ family: `agent ${n}` }) as unknown as Part<'user_agent'>)
const resources = [1, 2, 3].map((n) => ({ uid: `res-${n}`, criticality: n }) as unknown as Part<'resources'>[number])

const word = string({ maxLength: 3 })
/** Any text may stand in a record, half a character too. */
const loose = string({ unit: 'binary', maxLength: 4 })
const anyEvent = record({
  event_uid: loose,
  tenant_uid: constantFrom('a', 'b'),
  source: constantFrom('aws.cloudtrail', 'gcp.audit'),
  class_uid: constantFrom(6003, 3002),
  time: integer({ min: 0, max: 4_102_444_800_000 }),
  late_ms: constantFrom(0, 7),
  identity: constantFrom(...identities),
  session: constantFrom(...sessions),
  api: record({
    service: word,
    operation: loose,
    access_level: constantFrom('read', 'write'),
    outcome: constantFrom('success', 'failure'),
    error_code: word,
    region: word,
    target_account_uid: word,
  }),
  src: constantFrom(...sources),
  user_agent: constantFrom(...agents),
  resources: array(constantFrom(...resources), { maxLength: 4 }),
  facts: uniqueArray(constantFrom('role.assumed', 'secret.read', 'insight')),
}) as unknown as import('fast-check').Arbitrary<AccessEvent>

/** As a message comes out on the other side. */
function sent(packed: PackedEvents): PackedEvents {
  return structuredClone(packed)
}

test('what comes out is what went in, to the order of its members, whenever each pack is unpacked', () => {
  assert(
    property(array(array(anyEvent, { maxLength: 12 }), { maxLength: 4 }), (batches) => {
      const packer = new EventPacker()
      const unpacker = new EventUnpacker()
      const makers = batches.map((batch) => unpacker.take(sent(packer.pack(batch))))
      const made = makers.reverse().map((make) => make())
      // As text, since a snapshot holds events as they lie in memory.
      expect(JSON.stringify(made.reverse())).toBe(JSON.stringify(batches))
    }),
  )
})

/** One event that repeats nothing. */
function newEvent(n: number): AccessEvent {
  return {
    event_uid: `${n}`,
    tenant_uid: 'a',
    source: 'aws.cloudtrail',
    class_uid: 6003,
    time: n,
    late_ms: 0,
    identity: { ...identities[0]!, uid: `id-${n}` },
    session: sessions[0]!,
    api: { service: 's3', operation: `Operation${n}` } as Part<'api'>,
    src: sources[0]!,
    user_agent: agents[0]!,
    resources: [],
    facts: [],
  }
}

test('a part is sent once, and all of them again when too many are remembered', () => {
  const packer = new EventPacker()
  const unpacker = new EventUnpacker()
  const event = newEvent(0)
  expect(packer.pack([event]).parts.identities).toHaveLength(1)
  const again = packer.pack([event])
  expect(again.parts).toEqual({ calls: [], identities: [], sessions: [], sources: [], agents: [], resources: [] })
  const other = new EventPacker()
  let fresh = 0
  const waiting: { readonly make: () => AccessEvent[]; readonly batch: readonly AccessEvent[] }[] = []
  for (let n = 0; n < partsMax; n += 1024) {
    const batch = Array.from({ length: 1024 }, (_, index) => newEvent(n + index))
    const packed = sent(other.pack(batch))
    if (packed.isFresh) fresh += 1
    waiting.push({ make: unpacker.take(packed), batch })
  }
  expect(fresh).toBe(1)
  for (const { make, batch } of waiting) expect(JSON.stringify(make()) === JSON.stringify(batch)).toBe(true)
})
