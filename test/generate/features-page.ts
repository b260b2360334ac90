import { type ColumnType, type FeatureColumn, featureColumns, featuresKey, featuresVersion } from '@ostiary/runtime'

const types: Readonly<Record<ColumnType, string>> = {
  text: 'BYTE_ARRAY, String',
  time: 'INT64, Timestamp (ms, UTC)',
  double: 'DOUBLE',
  float: 'FLOAT',
}

function row({ name, type, isOptional, description }: FeatureColumn): string {
  return `| \`${name}\` | ${types[type]} | ${isOptional ? 'yes' : ''} | ${description} |`
}

/** The page `docs/spec/features.md`, read off the table of columns. */
export function featuresPage(): string {
  return `# Features as Parquet

This page is generated from the table of columns by \`npm run generate\`; a test holds it to that.

\`ostiary features --from PATH --out FILE.parquet [--labels FILE] [--feedback FILE]\` runs past events through the live pipeline, as \`ostiary scan\` does, and
writes what models see of each event, with scores and labels: one row an event, in the order in which the events were scored. It is made for
training and judging models elsewhere, such as in Python ([how](../runbooks/models-in-python.md)).

Version ${featuresVersion}. A column more at the end leaves the version as it is; one that goes, or means something else, raises it. The same
events, key, tables and model give the same bytes.

## What a row is

- Surprises are read before the event teaches: they are what the identity's past said of it, and no look ahead.
- \`input_…\` columns are what an autoencoder is given, bit for bit, as single-precision numbers. \`ostiary train\` learns from rows with
  \`input_context_gate\` ≥ 0.5, of identities that are known well enough, and from the first third of the time on everything is new to everybody.
- \`nats_…\` are the signals themselves, uncut and in double precision ([signals](signals.md)).
- Scores are those of the model: \`--model\`, else the one in force. With \`--model none\` the census is empty at first, as in training, and
  \`…_bits\` say an order and no frequency.
- \`--state\` goes on from what a scan learnt; without it the first events are all new.
- Duplicates are left out; an event too late to teach is a row, with \`lesson\` \`too_late\`.

No column holds a name, an address or a resource: identities are pseudonyms under the tenant's key ([privacy](privacy.md)). Event ids are
those of the cloud, which whoever may read its logs can look up. The file is written with mode 0600, whole or not at all.

## Columns

| Column | Type | May be null | |
|---|---|---|---|
${featureColumns.map(row).join('\n')}

## Metadata

The file's key-value metadata has the key \`${featuresKey}\`, whose value is canonical JSON (RFC 8785):

| Member | |
|---|---|
| \`version\` | ${featuresVersion} |
| \`model\` | id of the model that scored, \`none\` for none |
| \`key\` | id of the key of the pseudonyms: rows of two keys do not match |
| \`code\` | version of the program |
| \`signals\` | for each signal, in order, \`id\` and \`column\` |
| \`inputs\` | for each input of the autoencoder, in order, \`id\`, \`column\` and \`weight\` (how much its error counts) |

A program that trains takes the inputs from there and not from the names of columns; a model that is brought back has to name the same
ids in the same order ([imported models](model-artefact.md#imported-models)).

Pages are compressed with Snappy; groups have 32,768 rows. Parquet 2.6 with data pages of version 2: read by pyarrow, DuckDB and whatever
reads Parquet of today.
`
}
