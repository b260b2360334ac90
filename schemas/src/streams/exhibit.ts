import { type AccessEvent, accessEventSchema } from '../access-event.ts'
import type { AvroValue } from '../avro.ts'

const described = [
  { name: 'finding_uid', type: 'string', privacy: 'plain' },
  { name: 'revision', type: 'int', privacy: 'plain' },
  { name: 'identity_uid', type: 'string', privacy: 'pseudonym' },
  /** The identity's state before the event was learnt, encoded as in a snapshot. */
  { name: 'state', type: 'bytes', privacy: 'pseudonym' },
  { name: 'model', type: 'string', privacy: 'plain' },
  { name: 'tables', type: 'string', privacy: 'plain' },
  { name: 'census', type: 'string', privacy: 'plain' },
  { name: 'code', type: 'string', privacy: 'plain' },
] as const

interface ExhibitSchema {
  readonly type: 'record'
  readonly name: 'Exhibit'
  readonly namespace: 'io.ostiary'
  readonly fields: readonly object[]
}

/** What a revision of a finding was computed from, so that it can be computed again years later. */
export const exhibitSchema: ExhibitSchema = {
  type: 'record',
  name: 'Exhibit',
  namespace: 'io.ostiary',
  fields: [
    ...described,
    // The event that led to the revision, as it was scored.
    { name: 'event', type: accessEventSchema, privacy: 'plain' },
  ],
}

/** An exhibit; see {@link exhibitSchema}. */
export type Exhibit = AvroValue<{ readonly type: 'record'; readonly fields: typeof described }> & {
  readonly event: AccessEvent
}
