import type { AvroValue } from '../avro.ts'

/**
 * What takes effect at its place among the events of a partition of `access.events`: time has passed (`tick`), a census table
 * is in force from here on (`census`; its body lies in `access.artefacts`), or events are enriched with other lookup tables
 * (`tables`).
 */
export const markerSchema = {
  type: 'record',
  name: 'Marker',
  namespace: 'io.ostiary',
  fields: [
    {
      name: 'kind',
      type: { type: 'enum', name: 'MarkerKind', symbols: ['tick', 'census', 'tables'] },
      privacy: 'plain',
    },
    /** For a tick, the event time that has passed, ms since the Unix epoch; else when it was made. */
    { name: 'time', type: 'long', privacy: 'plain' },
    /** Id of the census or of the tables; `''` for a tick. */
    { name: 'hash', type: 'string', privacy: 'plain' },
    /** Counts census tables; one that is not newer than what is in force is passed over. 0 for the others. */
    { name: 'epoch', type: 'int', privacy: 'plain' },
  ],
} as const

/** A marker; see {@link markerSchema}. */
export type Marker = AvroValue<typeof markerSchema>
