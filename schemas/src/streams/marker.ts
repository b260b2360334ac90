import type { AvroValue } from '../avro.ts'

/**
 * What takes effect at its place among the events of a partition of `access.events`: time has passed (`tick`), a census table
 * is in force from here on (`census`; its body lies in `access.artefacts`), events are enriched with other lookup tables
 * (`tables`), a model scores (`model`), a model scores beside it (`shadow`), or labels and suppressions are in force
 * (`feedback`; their bodies lie there too).
 */
export const markerSchema = {
  type: 'record',
  name: 'Marker',
  namespace: 'io.ostiary',
  fields: [
    {
      name: 'kind',
      type: { type: 'enum', name: 'MarkerKind', symbols: ['tick', 'census', 'tables', 'model', 'shadow', 'feedback'] },
      privacy: 'plain',
    },
    /** For a tick, the event time that has passed, ms since the Unix epoch; else when it was made. */
    { name: 'time', type: 'long', privacy: 'plain' },
    /** Id of the census, tables, model or feedback; `''` for a tick, for no shadow or feedback, and for the configured model. */
    { name: 'hash', type: 'string', privacy: 'plain' },
    /**
     * Counts census tables; one that is not newer than what is in force is passed over. For models and feedback, the epoch of
     * the journal's entry. 0 for the others.
     */
    { name: 'epoch', type: 'int', privacy: 'plain' },
    /** Who vouches for a model: id of the key, a colon, the signature in base64; `''` for nobody, and for the others. */
    { name: 'signature', type: 'string', default: '', privacy: 'plain' },
  ],
} as const

/** A marker; see {@link markerSchema}. */
export type Marker = AvroValue<typeof markerSchema>
