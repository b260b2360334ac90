import { type AccessEvent, accessEventSchema } from '../access-event.ts'
import type { AvroValue } from '../avro.ts'

const described = [
  { name: 'finding_uid', type: 'string', privacy: 'plain' },
  /** The case's last revision, with the event. */
  { name: 'revision', type: 'int', privacy: 'plain' },
  { name: 'identity_uid', type: 'string', privacy: 'pseudonym' },
  /** The identity's state before the event was learnt, encoded as in a snapshot; empty where the case closes. */
  { name: 'state', type: 'bytes', privacy: 'pseudonym' },
  { name: 'model', type: 'string', privacy: 'plain' },
  { name: 'tables', type: 'string', privacy: 'plain' },
  /** The census in force; empty where the case closes, since nothing is scored then. */
  { name: 'census', type: 'string', privacy: 'plain' },
  { name: 'code', type: 'string', privacy: 'plain' },
] as const

/** Fields that came later; a reader gives what was written before their defaults. */
const added = [
  /** That of the finding; `grow` where the event changed what the case says and sent no revision. */
  { name: 'activity', type: 'string', default: '', privacy: 'plain' },
  { name: 'time', type: 'long', default: 0, privacy: 'plain' },
  /** The case before the event, as in a snapshot; empty where the event opened it. */
  { name: 'case_before', type: 'bytes', default: '', privacy: 'pseudonym' },
  /** Of the event's canonical bytes, of `state` and of `case_before`: they say which of them was changed. */
  { name: 'event_sha256', type: 'string', default: '', privacy: 'plain' },
  { name: 'state_sha256', type: 'string', default: '', privacy: 'plain' },
  { name: 'case_sha256', type: 'string', default: '', privacy: 'plain' },
  /** Of the finding's canonical bytes; empty where no revision was sent. */
  { name: 'finding_sha256', type: 'string', default: '', privacy: 'plain' },
  /** Labels and suppressions that were in force, by hash; `''` for none. */
  { name: 'feedback', type: 'string', default: '', privacy: 'plain' },
] as const

interface ExhibitSchema {
  readonly type: 'record'
  readonly name: 'Exhibit'
  readonly namespace: 'io.ostiary'
  readonly fields: readonly object[]
}

/** What an event made of a case, and what from, so that it can be computed again years later. */
export const exhibitSchema: ExhibitSchema = {
  type: 'record',
  name: 'Exhibit',
  namespace: 'io.ostiary',
  fields: [
    ...described,
    // The event as it was scored; where the case closes, its best one.
    { name: 'event', type: accessEventSchema, privacy: 'plain' },
    ...added,
  ],
}

type Described = AvroValue<{ readonly type: 'record'; readonly fields: typeof described }>
type Added = AvroValue<{ readonly type: 'record'; readonly fields: typeof added }>

/** An exhibit; see {@link exhibitSchema}. */
export type Exhibit = Described & Added & { readonly event: AccessEvent }
