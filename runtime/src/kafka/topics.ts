import {
  accessEventSchema,
  alertSchema,
  artefactPieceSchema,
  censusSumsSchema,
  deadLetterSchema,
  eventScoreSchema,
  exhibitSchema,
  findingSchema,
  markerSchema,
  stateManifestSchema,
} from '@ostiary/schemas'

/** A service that reads or writes topics, each under a principal of its own. */
export type ServiceName = 'collector' | 'enricher' | 'detector' | 'census' | 'desk' | 'forwarder'

/** An Avro record schema of ours. */
export interface RecordSchema {
  readonly type: 'record'
  readonly name: string
  readonly namespace: string
  readonly fields: readonly object[]
}

/** What a topic promises. docs/spec/topics.md shows the same to people. */
export interface TopicContract {
  /** What its records are, and who reads them. */
  readonly description: string
  /** What the key of a record is, in words. */
  readonly key: string
  /** Avro records its values may be, in Confluent wire format; none where values are bytes as they were sent, or JSON. */
  readonly schemas: readonly RecordSchema[]
  /** What a value is where it is no Avro. */
  readonly plainValue?: string
  readonly headers: Readonly<Record<string, string>>
  /** `events`: as many as `--partitions`; else so many. Topics that say the same are partitioned alike. */
  readonly partitions: 'raw' | 'events' | number
  /** Ms; −1 for ever. */
  readonly retentionMs: number
  readonly cleanup: 'delete' | 'compact'
  readonly writers: readonly ServiceName[]
  readonly readers: readonly ServiceName[]
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs

const noHeaders: Readonly<Record<string, string>> = {}
const traceHeaders = {
  traceparent:
    'where in which trace it came from ([traces](traces.md)); only of sampled records, and nothing else depends on it',
}
const rawHeader = { raw: 'partition, offset and place in its envelope of the raw record, as `0:17:0`' }
const epochHeader = { epoch: 'number of the snapshot that wrote the entry' }

function changelog(service: ServiceName, partitions: TopicContract['partitions'], of: string): TopicContract {
  return {
    description: `State of the ${service}, a partition for each of ${of}.`,
    key: '`manifest`, or the name of one part of the state',
    schemas: [stateManifestSchema],
    plainValue: "an entry: bytes in the operator's own encoding",
    headers: epochHeader,
    partitions,
    retentionMs: -1,
    cleanup: 'compact',
    writers: [service],
    readers: [service],
  }
}

export const topicNames = [
  'access.raw',
  'access.events',
  'access.findings',
  'access.alerts',
  'access.alerts.ocsf',
  'access.scores',
  'access.exhibits',
  'access.census',
  'access.artefacts',
  'access.dlq',
  'access.enricher.changelog',
  'access.detector.changelog',
  'access.census.changelog',
  'access.desk.changelog',
] as const
export type TopicName = (typeof topicNames)[number]

/** Every topic, by its name without prefix. */
export const topics: Readonly<Record<TopicName, TopicContract>> = {
  'access.raw': {
    description: 'Records as the clouds sent them, not minimised.',
    key: 'hash of the identity where the record names one, so that one identity keeps its order; else none',
    schemas: [],
    plainValue: 'one record or one envelope of records, JSON, as it was sent',
    headers: { origin: 'file, object or sender it came from', ...traceHeaders },
    partitions: 'raw',
    retentionMs: dayMs,
    cleanup: 'delete',
    writers: ['collector'],
    readers: ['enricher'],
  },
  'access.events': {
    description: 'Normalised, pseudonymised events and markers: one order, from which everything else follows.',
    key: 'tenant and identity, `default id-…`; none for a marker, which lies in every partition',
    schemas: [accessEventSchema, markerSchema],
    headers: { ...rawHeader, ...traceHeaders },
    partitions: 'events',
    retentionMs: 30 * dayMs,
    cleanup: 'delete',
    writers: ['enricher', 'census'],
    readers: ['detector'],
  },
  'access.findings': {
    description: 'Every revision of every case.',
    key: 'tenant',
    schemas: [findingSchema],
    headers: traceHeaders,
    partitions: 1,
    retentionMs: 30 * dayMs,
    cleanup: 'delete',
    writers: ['detector'],
    readers: ['desk'],
  },
  'access.alerts': {
    description: 'Findings with the disposition the desk gave them: what a SOC subscribes to.',
    key: 'finding_uid',
    schemas: [alertSchema],
    headers: traceHeaders,
    partitions: 1,
    retentionMs: 90 * dayMs,
    cleanup: 'delete',
    writers: ['desk'],
    readers: ['forwarder'],
  },
  'access.alerts.ocsf': {
    description: 'The same alerts for tools without a registry.',
    key: 'finding_uid',
    schemas: [],
    plainValue: 'OCSF 1.6.0 Detection Finding, JSON',
    headers: traceHeaders,
    partitions: 1,
    retentionMs: 90 * dayMs,
    cleanup: 'delete',
    writers: ['desk'],
    readers: [],
  },
  'access.scores': {
    description: "Every event's score, where `scoresTo` asks for it.",
    key: 'tenant and identity',
    schemas: [eventScoreSchema],
    headers: noHeaders,
    partitions: 'events',
    retentionMs: 7 * dayMs,
    cleanup: 'delete',
    writers: ['detector'],
    readers: [],
  },
  'access.exhibits': {
    description: 'What each revision of a finding was computed from; `ostiary reproduce` computes it again.',
    key: 'finding_uid',
    schemas: [exhibitSchema],
    headers: noHeaders,
    partitions: 1,
    retentionMs: 400 * dayMs,
    cleanup: 'delete',
    writers: ['detector'],
    readers: [],
  },
  'access.census': {
    description: "What each partition's identities did on a day that is over.",
    key: 'partition of access.events',
    schemas: [censusSumsSchema],
    headers: noHeaders,
    partitions: 1,
    retentionMs: 7 * dayMs,
    cleanup: 'delete',
    writers: ['detector'],
    readers: ['census'],
  },
  'access.artefacts': {
    description:
      'Bodies that markers name by hash: census tables, models, which `ostiary models` writes with who vouches for them and what was done with them, and labels and suppressions, which `ostiary label` and `ostiary suppress` write with who said what.',
    key: 'kind, hash and piece, as `census/<sha256>/0`',
    schemas: [artefactPieceSchema],
    headers: noHeaders,
    partitions: 1,
    retentionMs: -1,
    cleanup: 'compact',
    writers: ['census'],
    readers: ['detector', 'desk'],
  },
  'access.dlq': {
    description: 'Records that gave nothing, with the reason and their bytes, not minimised.',
    key: 'topic, partition and offset the record lies at',
    schemas: [deadLetterSchema],
    headers: traceHeaders,
    partitions: 1,
    retentionMs: dayMs,
    cleanup: 'delete',
    writers: ['enricher', 'detector', 'census', 'desk'],
    readers: [],
  },
  'access.enricher.changelog': changelog('enricher', 'raw', '`access.raw`'),
  'access.detector.changelog': changelog('detector', 'events', '`access.events`'),
  'access.census.changelog': changelog('census', 1, '`access.census`'),
  'access.desk.changelog': changelog('desk', 1, '`access.findings`'),
}

/** Bytes of one record that brokers must take; `recordBytesMax` of a collector stays under it. */
export const messageBytesMax: number = 2 * 1024 * 1024

/** The registry's subject of a schema on a topic (topic and record name, since a topic may carry several). */
export function subjectOf(topic: string, schema: Pick<RecordSchema, 'namespace' | 'name'>): string {
  return `${topic}-${schema.namespace}.${schema.name}`
}
