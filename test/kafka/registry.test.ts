import { type Config, resolveConfig } from '@ostiary/runtime'
import { type RecordSchema, SchemaClient, type TopicName, topics, UndecodableError } from '@ostiary/runtime/kafka'
import { eventScoreSchema, type ScoreRecord } from '@ostiary/schemas'
import avro from 'avsc'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { freshPrefix, kafkaForTests } from './harness.ts'

const name: TopicName = 'access.scores'
let config: Config
let topic: string

beforeAll(async () => {
  const { registryUrl } = await kafkaForTests()
  config = resolveConfig({ flags: { registryUrl } })
})
beforeEach(() => {
  topic = freshPrefix() + name
})

const score: ScoreRecord = {
  event_uid: 'e-1',
  tenant_uid: 'default',
  identity_uid: 'id-1',
  time: 1_700_000_000_000,
  score: 12.5,
  surprise: 12,
  impact: 0.5,
  autoencoder: 3.25,
  model: 'm-1',
}

/** A version of the record that some later release could have, or some earlier one had. */
function version(fields: readonly object[]): RecordSchema {
  return { ...eventScoreSchema, fields }
}

const later = version([...eventScoreSchema.fields, { name: 'hardness', type: 'double', default: 1 }])

/** Writes with a schema of a release other than this one, as a client of that release would. */
async function writtenWith(schema: RecordSchema, value: object): Promise<Buffer> {
  return (await new SchemaClient(config, {}).encoder<object>(topic, schema))(value)
}

/** Reads as a client that has never met the writer. */
async function read(bytes: Buffer | null, client: SchemaClient = new SchemaClient(config, {})): Promise<unknown> {
  const decoder = client.decoder(name)
  await decoder.prepare(bytes)
  const { name: record, value } = decoder.decode(bytes)
  return { record, ...(value as object) }
}

/** Runs what another release does, whose contract has this schema instead of ours. */
async function asRelease<Value>(schema: RecordSchema, run: () => Promise<Value>): Promise<Value> {
  const contract = topics[name] as { schemas: readonly RecordSchema[] }
  const ours = contract.schemas
  contract.schemas = [schema]
  try {
    return await run()
  } finally {
    contract.schemas = ours
  }
}

async function refusal(bytes: Buffer | null): Promise<unknown> {
  return read(bytes).then(
    () => 'read',
    (error: unknown) => error,
  )
}

test('instances that start together all register what none has registered before', async () => {
  const ids = await Promise.all(
    Array.from({ length: 24 }, () => new SchemaClient(config, {}).register(topic, eventScoreSchema)),
  )
  expect(new Set(ids).size).toBe(1)
})

test('a value is a zero byte, the id of its schema and Avro', async () => {
  const client = new SchemaClient(config, {})
  const id = await client.register(topic, eventScoreSchema)
  const bytes = (await client.encoder<ScoreRecord>(topic, eventScoreSchema))(score)
  expect([bytes.readUInt8(0), bytes.readUInt32BE(1)]).toEqual([0, id])
  expect(avro.Type.forSchema(eventScoreSchema as never).fromBuffer(bytes.subarray(5))).toEqual(
    expect.objectContaining({ ...score }),
  )
  expect(await read(bytes)).toEqual({ record: 'EventScore', ...score })
})

test('the same schema is one id however often it is registered, and asking whether it is there registers nothing', async () => {
  const client = new SchemaClient(config, {})
  expect(await client.isRegistered(topic, eventScoreSchema)).toBe(false)
  expect(await client.isRegistered(topic, eventScoreSchema)).toBe(false)
  const id = await client.register(topic, eventScoreSchema)
  expect(await client.isRegistered(topic, eventScoreSchema)).toBe(true)
  expect(await client.register(topic, eventScoreSchema)).toBe(id)
  expect(await new SchemaClient(config, {}).register(topic, eventScoreSchema)).toBe(id)
  expect(await client.isRegistered(topic, later)).toBe(false)
})

test('a schema that could not read older records is refused, and says how to do it', async () => {
  await new SchemaClient(config, {}).register(topic, eventScoreSchema)
  const withoutDefault = version([...eventScoreSchema.fields, { name: 'hardness', type: 'double' }])
  const otherType = version(
    eventScoreSchema.fields.map((field) => (field.name === 'time' ? { ...field, type: 'string' } : field)),
  )
  for (const schema of [withoutDefault, otherType])
    await expect(new SchemaClient(config, {}).register(topic, schema)).rejects.toMatchObject({
      code: 'schema.refused',
      retriable: false,
      message: expect.stringMatching(/^Cannot register schema ".*EventScore".*add fields with defaults only$/s),
    })
})

test('an older reader reads what a newer writer wrote, without what it does not know', async () => {
  await new SchemaClient(config, {}).register(topic, eventScoreSchema)
  const bytes = await writtenWith(later, { ...score, hardness: 7 })
  expect(await read(bytes)).toEqual({ record: 'EventScore', ...score })
})

test('a newer reader reads what an older writer wrote, with defaults for what is new', async () => {
  const bytes = await writtenWith(eventScoreSchema, score)
  await new SchemaClient(config, {}).register(topic, later)
  expect(await asRelease(later, () => read(bytes))).toEqual({ record: 'EventScore', ...score, hardness: 1 })
})

test('this release reads what wrote smaller numbers, or a field that has been dropped since', async () => {
  const earlier = version([
    ...eventScoreSchema.fields.map((field) => (field.name === 'impact' ? { ...field, type: 'float' } : field)),
    { name: 'dropped', type: 'string' },
  ])
  const bytes = await writtenWith(earlier, { ...score, dropped: 'x' })
  await new SchemaClient(config, {}).register(topic, eventScoreSchema)
  expect(await read(bytes)).toEqual({ record: 'EventScore', ...score })
})

test('a record that the registry should never have let in is told, and not guessed at', async () => {
  const bytes = await writtenWith(version(eventScoreSchema.fields.slice(0, 3)), score)
  expect(await refusal(bytes)).toMatchObject({
    name: 'UndecodableError',
    message: expect.stringContaining('cannot be read as EventScore'),
  })
})

test('an id that the registry does not know is told of the record, and is asked for once', async () => {
  const bytes = await writtenWith(eventScoreSchema, score)
  bytes.writeUInt32BE(2_000_000_000, 1)
  const client = new SchemaClient(config, {})
  const decoder = client.decoder(name)
  await decoder.prepare(bytes)
  expect(() => decoder.decode(bytes)).toThrow(UndecodableError)
  expect(() => decoder.decode(bytes)).toThrow('the registry does not know schema 2000000000')
  expect(decoder.prepare(bytes)).toBeUndefined()
})

test('a record of another topic is no record of this one', async () => {
  const bytes = await writtenWith({ ...eventScoreSchema, name: 'Stranger' }, score)
  expect(await refusal(bytes)).toMatchObject({
    name: 'UndecodableError',
    message: expect.stringMatching(/of another topic/),
  })
})

test('foreign bytes, cut ones and no bytes at all are told from records', async () => {
  const bytes = await writtenWith(eventScoreSchema, score)
  const foreign = [
    null,
    Buffer.alloc(0),
    Buffer.from('{"json":true}'),
    Buffer.from([1, 0, 0, 0, 1]),
    bytes.subarray(0, 4),
  ]
  for (const one of [...foreign, bytes.subarray(0, 5), bytes.subarray(0, bytes.length - 1)])
    expect(await refusal(one)).toBeInstanceOf(UndecodableError)
  expect(await refusal(Buffer.concat([bytes, Buffer.from([0])]))).toBeInstanceOf(UndecodableError)
})

test('a registry that is away is no fault of the record: it can be tried again', async () => {
  const bytes = await writtenWith(eventScoreSchema, score)
  const away = resolveConfig({ flags: { registryUrl: 'http://127.0.0.1:1' } })
  await expect(read(bytes, new SchemaClient(away, {}))).rejects.toMatchObject({
    code: 'registry.unavailable',
    retriable: true,
  })
})
