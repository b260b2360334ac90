import type { AvroValue } from '../avro.ts'

/** How one event was scored, for those who train and compare models. Scores in bits. */
export const eventScoreSchema = {
  type: 'record',
  name: 'EventScore',
  namespace: 'io.ostiary',
  fields: [
    { name: 'event_uid', type: 'string', privacy: 'plain' },
    { name: 'tenant_uid', type: 'string', privacy: 'plain' },
    { name: 'identity_uid', type: 'string', privacy: 'pseudonym' },
    { name: 'time', type: 'long', privacy: 'plain' },
    { name: 'score', type: 'double', privacy: 'plain' },
    { name: 'surprise', type: 'double', privacy: 'plain' },
    { name: 'impact', type: 'double', privacy: 'plain' },
    { name: 'autoencoder', type: 'double', privacy: 'plain' },
    { name: 'model', type: 'string', privacy: 'plain' },
  ],
} as const

/** A score; see {@link eventScoreSchema}. */
export type ScoreRecord = AvroValue<typeof eventScoreSchema>
