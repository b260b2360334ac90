import { choice, duration, integer, number, path, type SettingKind, text } from './setting-kind.ts'

export type SaslMechanism = 'none' | 'plain' | 'scram-sha-256' | 'scram-sha-512'

/** What the services need beside what a scan needs, by key. None of it can change an answer. */
export interface ServiceSettings {
  readonly brokers: string
  readonly registryUrl: string
  readonly topicPrefix: string
  readonly saslMechanism: SaslMechanism
  readonly saslUsername: string
  readonly saslPasswordFile: string
  readonly tls: 'no' | 'yes'
  readonly tlsCaFile: string
  readonly tlsCertFile: string
  readonly tlsKeyFile: string
  readonly registryUsername: string
  readonly registryPasswordFile: string
  readonly listen: string
  readonly sessionMs: number
  readonly transactionEventsMax: number
  readonly snapshotMs: number
  readonly snapshotRecordsMax: number
  readonly scoresTo: 'none' | 'topic'
  readonly tracesEndpoint: string
  readonly tracesRatio: number
}

/** A setting by what it takes, its default and what it is for. */
export interface ServiceSetting<Value> {
  readonly kind: SettingKind<Value>
  readonly byDefault: Value
  readonly description: string
}

const address = '(?:\\[[0-9a-fA-F:.]+\\]|[A-Za-z0-9._-]+):\\d{1,5}'
const secondMs = 1000

/** A host and a port, or nothing. */
function hostPort(): SettingKind<string> {
  return text(new RegExp(`^(?:${address})?$`), 'host:port, or nothing')
}

export const serviceSettings: { readonly [Key in keyof ServiceSettings]: ServiceSetting<ServiceSettings[Key]> } = {
  brokers: {
    kind: text(new RegExp(`^(?:${address}(?:,${address}){0,31})?$`), 'host:port, separated by commas'),
    byDefault: '',
    description:
      'Kafka brokers to ask first, host:port separated by commas. `KAFKA_BROKERS` is read where this is not set.',
  },
  registryUrl: {
    kind: text(/^(?:https?:\/\/[^\s@]{1,1024})?$/, 'an http or https URL without user name'),
    byDefault: '',
    description: 'Schema registry, an address that speaks the Confluent API.',
  },
  topicPrefix: {
    kind: text(/^[A-Za-z0-9._-]{0,64}$/, 'at most 64 of letters, digits, ".", "_" and "-"'),
    byDefault: '',
    description: 'Put before the name of every topic, group and transactional id, to share a cluster.',
  },
  saslMechanism: {
    kind: choice(['none', 'plain', 'scram-sha-256', 'scram-sha-512']),
    byDefault: 'none',
    description: 'How to log in to Kafka.',
  },
  saslUsername: {
    kind: text(/^[^\s]{0,256}$/, 'at most 256 characters without space'),
    byDefault: '',
    description: 'Principal to log in to Kafka as.',
  },
  saslPasswordFile: {
    kind: path(),
    byDefault: '',
    description: 'File with the password; `OSTIARY_SASL_PASSWORD` is read where this is not set.',
  },
  tls: { kind: choice(['no', 'yes']), byDefault: 'no', description: 'Whether to speak TLS to Kafka.' },
  tlsCaFile: {
    kind: path(),
    byDefault: '',
    description: 'PEM of the authorities to trust; empty for those that come with Node.js.',
  },
  tlsCertFile: {
    kind: path(),
    byDefault: '',
    description: 'PEM of the certificate to show, where Kafka asks for one.',
  },
  tlsKeyFile: { kind: path(), byDefault: '', description: "PEM of that certificate's private key." },
  registryUsername: {
    kind: text(/^[^\s:]{0,256}$/, 'at most 256 characters without space or colon'),
    byDefault: '',
    description: 'User name for the schema registry.',
  },
  registryPasswordFile: {
    kind: path(),
    byDefault: '',
    description: 'File with its password; `OSTIARY_REGISTRY_PASSWORD` is read where this is not set.',
  },
  listen: {
    kind: hostPort(),
    byDefault: '',
    description:
      'Where a service answers `/metrics`, `/livez` and `/readyz`; empty for nowhere, port 0 for a free one.',
  },
  sessionMs: {
    kind: duration(6 * secondMs, 300 * secondMs),
    byDefault: 10 * secondMs,
    description: 'A service that is silent for this long loses its partitions to another.',
  },
  transactionEventsMax: {
    kind: integer(1, 10_000),
    byDefault: 1000,
    description: 'Records that one transaction takes; more is faster, fewer is sooner.',
  },
  snapshotMs: {
    kind: duration(secondMs, 86_400 * secondMs),
    byDefault: 30 * secondMs,
    description: 'How often what changed in the state is written to the changelog.',
  },
  snapshotRecordsMax: {
    kind: integer(1, 1_000_000),
    byDefault: 16_384,
    description: 'Records after which it is written earlier.',
  },
  scoresTo: {
    kind: choice(['none', 'topic']),
    byDefault: 'none',
    description: "Whether the detector writes every event's score to `access.scores`.",
  },
  tracesEndpoint: {
    kind: text(/^(?:https?:\/\/[^\s@?#]{1,1024})?$/, 'an http or https URL without user name or query'),
    byDefault: '',
    description:
      'Receiver of OpenTelemetry [traces](traces.md), OTLP over HTTP, without `/v1/traces`; empty for none. `OTEL_EXPORTER_OTLP_ENDPOINT` is read where this is not set.',
  },
  tracesRatio: {
    kind: number(0, 1),
    byDefault: 0.01,
    description:
      'Share of the records at the collector that begin a trace. `OTEL_TRACES_SAMPLER_ARG` is read where this is not set.',
  },
}
