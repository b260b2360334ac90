import { createHash } from 'node:crypto'
import { encodeIdentityState, newIdentityState, readIdentityState } from './detector/identity-state.ts'
import { ByteReader, ByteWriter } from './sketches/byte-codec.ts'
import type { SnapshotSections } from './snapshot.ts'

/** Sections that hold what was learnt and nothing that a model decided. */
const learntSections = ['census', 'census-day', 'pipeline'] as const

/**
 * SHA-256 of everything a snapshot has learnt: identities, the tenant's table and the running day. Cases, the desk and an
 * identity's risk are left out: they are made of scores, which are a model's. Two models that saw the same events
 * from the same state have learnt the same.
 *
 * @throws TypeError or RangeError where a section is missing or damaged
 */
export function learntSha256(sections: SnapshotSections): string {
  const hash = createHash('sha256')
  for (const name of ['identities', ...learntSections]) {
    const bytes = sections.get(name)
    if (bytes === undefined) throw new TypeError(`Cannot hash what was learnt: section "${name}" is missing`)
    hash.update(`${name}\n`).update(name === 'identities' ? withoutRisk(bytes) : bytes)
  }
  return hash.digest('hex')
}

function withoutRisk(identities: Uint8Array): Uint8Array {
  const reader = new ByteReader(identities)
  const writer = new ByteWriter()
  const state = newIdentityState(0, 0)
  const size = reader.u32()
  for (let i = 0; i < size; i++) {
    writer.text(reader.text())
    readIdentityState(state, new ByteReader(reader.bytes()))
    state.risk.bits = 0
    state.risk.timeMs = 0
    encodeIdentityState(state, writer)
  }
  return writer.finish()
}
