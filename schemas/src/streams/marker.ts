import type { AvroValue } from '../avro.ts'

/**
 * What takes effect at its place among the events of a partition of `access.events`: time has passed (`tick`), or a table,
 * named by its hash, is in force from here on. Its body lies in `access.artefacts`.
 */
export const markerSchema = {
  type: 'record',
  name: 'Marker',
  namespace: 'io.ostiary',
  fields: [
    {
      name: 'kind',
      type: { type: 'enum', name: 'MarkerKind', symbols: ['tick', 'census'] },
      privacy: 'plain',
    },
    /** For a tick, the event time that has passed, ms since the Unix epoch; else when it was made. */
    { name: 'time', type: 'long', privacy: 'plain' },
    /** SHA-256 of the body, in hex; `''` for a tick. */
    { name: 'hash', type: 'string', privacy: 'plain' },
    /** Counts the markers of one kind; what is not newer than what is in force is passed over. 0 for a tick. */
    { name: 'epoch', type: 'int', privacy: 'plain' },
  ],
} as const

/** A marker; see {@link markerSchema}. */
export type Marker = AvroValue<typeof markerSchema>
