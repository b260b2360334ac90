import type { AvroValue } from '../avro.ts'

/**
 * Closes a snapshot in a changelog: every entry before it, with this epoch or an older one, is the state as it was before
 * `next_offset` of the input partition. Without its manifest, a snapshot is half-written and passed over.
 */
export const stateManifestSchema = {
  type: 'record',
  name: 'StateManifest',
  namespace: 'io.ostiary',
  fields: [
    { name: 'service', type: 'string', privacy: 'plain' },
    { name: 'tenant_uid', type: 'string', privacy: 'plain' },
    { name: 'epoch', type: 'int', privacy: 'plain' },
    { name: 'topic', type: 'string', privacy: 'plain' },
    { name: 'partition', type: 'int', privacy: 'plain' },
    /** The first input offset that the state does not know yet. */
    { name: 'next_offset', type: 'long', privacy: 'plain' },
    /** Layout of the entries, and what made them: another one is foreign. */
    { name: 'layout', type: 'string', privacy: 'plain' },
    { name: 'config_sha256', type: 'string', privacy: 'plain' },
    { name: 'code_version', type: 'string', privacy: 'plain' },
    { name: 'entries', type: 'int', privacy: 'plain' },
    /** Sum modulo 2^64 over all entries of the first 8 bytes of SHA-256(name, 0, value), in hex: does not depend on order. */
    { name: 'digest', type: 'string', privacy: 'plain' },
  ],
} as const

/** A manifest; see {@link stateManifestSchema}. */
export type StateManifest = AvroValue<typeof stateManifestSchema>
