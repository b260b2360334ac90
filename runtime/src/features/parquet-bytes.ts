import { autoencoderInputIds, autoencoderInputWeights, signals } from '@ostiary/models'
import { canonicalJson } from '@ostiary/schemas'
import { ByteWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer'
import { columnOf, type FeatureColumn, featureColumns, featuresVersion } from './feature-columns.ts'
import type { RowGroup } from './feature-rows.ts'

/** Key under which the file says what it is. */
export const featuresKey = 'ostiary.features'

/** Where the features of a file come from. */
export interface FeaturesOrigin {
  /** Id of the model that scored; `none` where there was none. */
  readonly model: string
  /** Id of the key that the pseudonyms are made with. */
  readonly keyId: string
  readonly codeVersion: string
}

/** The bytes of a Parquet file that holds the groups, piece by piece. The same groups give the same bytes. */
export async function* parquetBytes(
  groups: AsyncIterable<RowGroup>,
  origin: FeaturesOrigin,
): AsyncGenerator<Uint8Array, void> {
  const writer = new ByteWriter()
  const parquet = new ParquetWriter({
    writer,
    schema: [{ name: 'features', num_children: featureColumns.length }, ...featureColumns.map(elementOf)],
    createdBy: `ostiary ${origin.codeVersion}`,
    kvMetadata: [{ key: featuresKey, value: canonicalJson(descriptionOf(origin)) }],
  })
  for await (const { rows, columns } of groups) {
    const columnData = featureColumns.map(({ name }, index) => ({ name, data: columns[index]! }))
    await parquet.write({ columnData, rowGroupSize: rows })
    yield taken(writer)
  }
  await parquet.finish()
  yield taken(writer)
}

/** What the writer holds, which makes room for more. */
function taken(writer: ByteWriter): Uint8Array {
  const bytes = writer.getBytes().slice()
  writer.index = 0
  return bytes
}

/** What a reader needs to know beside the columns: which of them are inputs, in which order, and what made them. */
function descriptionOf({ model, keyId, codeVersion }: FeaturesOrigin): object {
  return {
    version: featuresVersion,
    model,
    key: keyId,
    code: codeVersion,
    signals: signals.map(({ id }) => ({ id, column: columnOf('nats', id) })),
    inputs: autoencoderInputIds.map((id, index) => ({
      id,
      column: columnOf('input', id),
      weight: autoencoderInputWeights[index]!,
    })),
  }
}

function elementOf({ name, type, isOptional }: FeatureColumn): SchemaElement {
  const repetition_type = isOptional ? 'OPTIONAL' : 'REQUIRED'
  switch (type) {
    case 'text':
      return { name, repetition_type, type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } }
    case 'time':
      return {
        name,
        repetition_type,
        type: 'INT64',
        converted_type: 'TIMESTAMP_MILLIS',
        logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
      }
    case 'double':
      return { name, repetition_type, type: 'DOUBLE' }
    case 'float':
      return { name, repetition_type, type: 'FLOAT' }
  }
}
