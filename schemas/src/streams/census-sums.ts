import type { AvroValue } from '../avro.ts'

/**
 * A piece of what the identities of one partition of `access.events` did on a day that is over. Sums only, so pieces can be
 * added in any order.
 */
export const censusSumsSchema = {
  type: 'record',
  name: 'CensusSums',
  namespace: 'io.ostiary',
  fields: [
    { name: 'tenant_uid', type: 'string', privacy: 'plain' },
    { name: 'partition', type: 'int', privacy: 'plain' },
    /** How many partitions `access.events` has. */
    { name: 'partitions', type: 'int', privacy: 'plain' },
    /** UTC day since the Unix epoch. */
    { name: 'day', type: 'int', privacy: 'plain' },
    { name: 'piece', type: 'int', privacy: 'plain' },
    { name: 'pieces', type: 'int', privacy: 'plain' },
    /** Piece of the JSON of a `CensusDay`. */
    { name: 'body', type: 'bytes', privacy: 'pseudonym' },
  ],
} as const

/** A piece of a day's sums; see {@link censusSumsSchema}. */
export type CensusSums = AvroValue<typeof censusSumsSchema>
