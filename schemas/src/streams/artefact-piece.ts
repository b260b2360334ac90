import type { AvroValue } from '../avro.ts'

/** Bytes of a body that one piece holds: well under the size a broker takes by default. */
export const pieceBytesMax: number = 512 * 1024

/**
 * A piece of an immutable body that is named by its hash: a census table, or a model by its artefact's id. Beside them lie
 * who vouches for a model (`signature`, named by the model) and what was done with models (`rollout`, named by its own hash);
 * labels and suppressions in force together (`feedback`), and each thing that was said (`feedback_entry`, by its own hash).
 */
export const artefactPieceSchema = {
  type: 'record',
  name: 'ArtefactPiece',
  namespace: 'io.ostiary',
  fields: [
    {
      name: 'kind',
      type: {
        type: 'enum',
        name: 'ArtefactKind',
        symbols: ['census', 'model', 'signature', 'rollout', 'feedback', 'feedback_entry'],
      },
      privacy: 'plain',
    },
    { name: 'hash', type: 'string', privacy: 'plain' },
    { name: 'piece', type: 'int', privacy: 'plain' },
    { name: 'pieces', type: 'int', privacy: 'plain' },
    /** Piece of the body. */
    { name: 'body', type: 'bytes', privacy: 'pseudonym' },
  ],
} as const

/** A piece of an artefact; see {@link artefactPieceSchema}. */
export type ArtefactPiece = AvroValue<typeof artefactPieceSchema>
