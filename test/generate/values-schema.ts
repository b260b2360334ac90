import { describeConfig } from '@ostiary/runtime'

type Schema = { readonly [key: string]: unknown }

const text: Schema = { type: 'string' }
const flag: Schema = { type: 'boolean' }
const count: Schema = { type: 'integer', minimum: 1 }
const map: Schema = { type: 'object' }
const labels: Schema = { type: 'object', additionalProperties: text }
const list: Schema = { type: 'array' }
/** A name as Kubernetes gives them to its objects. */
const name: Schema = { type: 'string', pattern: '^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$' }
const optionalName: Schema = { type: 'string', pattern: '^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?)?$' }
const prefix: Schema = { type: 'string', pattern: '^([a-z0-9][a-z0-9.-]*)?$' }
const ports: Schema = { type: 'array', minItems: 1, items: { type: 'integer', minimum: 1, maximum: 65_535 } }

/** An object of these keys and no others. */
function keys(properties: Readonly<Record<string, Schema>>, required: readonly string[] = []): Schema {
  return { type: 'object', additionalProperties: false, properties, ...(required.length === 0 ? {} : { required }) }
}

const reference = keys({ secret: name, key: text }, ['secret', 'key'])
const optionalReference = keys({ secret: optionalName, key: text })
const tag: Schema = { type: 'string', not: { const: 'latest' } }
const service = { enabled: flag, tag, replicas: count, heapMiB: { type: 'integer', minimum: 64 }, resources: map }
const scaled = keys({ ...service, autoscaling: keys({ min: count, max: count }, ['min', 'max']) })
const single = keys({ ...service, replicas: { type: 'integer', minimum: 1, maximum: 2 } })

/** What the chart's templates set themselves. */
const settled: ReadonlySet<string> = new Set([
  ...['brokers', 'registryUrl', 'topicPrefix', 'listen', 'tls', 'tlsCaFile', 'tlsCertFile', 'tlsKeyFile'],
  ...['saslMechanism', 'saslUsername', 'saslPasswordFile', 'registryUsername', 'registryPasswordFile'],
])

const free = describeConfig().filter(({ key }) => !settled.has(key))

const schema: Schema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Values of the chart',
  ...keys({
    global: map,
    image: keys({
      repository: { type: 'string', minLength: 1 },
      perService: flag,
      tag,
      digest: { type: 'string', pattern: '^(sha256:[0-9a-f]{64})?$' },
      pullPolicy: { enum: ['Always', 'IfNotPresent', 'Never'] },
      pullSecrets: { type: 'array', items: keys({ name }, ['name']) },
    }),
    kafka: keys({
      brokers: { type: 'string', pattern: '^[^\\s,]+:\\d{1,5}(,[^\\s,]+:\\d{1,5})*$' },
      topicPrefix: { type: 'string', pattern: '^[A-Za-z0-9._-]{0,64}$' },
      tls: keys({ enabled: flag, ca: optionalReference, clientSecretPrefix: prefix }),
      sasl: keys({
        mechanism: { enum: ['none', 'plain', 'scram-sha-256', 'scram-sha-512'] },
        principalPrefix: text,
        secretPrefix: prefix,
        key: text,
      }),
    }),
    registry: keys({ url: { type: 'string', pattern: '^https?://[^\\s@]+$' }, username: text, password: reference }),
    config: keys(Object.fromEntries(free.map(({ key }) => [key, {}]))),
    traces: keys({ headers: optionalReference }),
    secrets: keys({ pseudonymKey: reference, collectorToken: reference }),
    services: keys({ collector: scaled, enricher: scaled, detector: scaled, census: single, desk: single }),
    forwarders: {
      type: 'array',
      items: keys(
        {
          name: { type: 'string', pattern: '^[a-z0-9]([a-z0-9-]{0,18}[a-z0-9])?$' },
          to: { enum: ['webhook', 'alertmanager', 'syslog'] },
          url: { type: 'string', pattern: '^(https|http|tls|tcp|udp)://[^\\s@]+$' },
          secret: reference,
          ca: reference,
        },
        ['name', 'to', 'url'],
      ),
    },
    forwarder: keys({ tag, heapMiB: service.heapMiB, resources: map }),
    autoscaling: keys({
      kind: { enum: ['none', 'keda', 'hpa'] },
      keda: keys({
        lagThreshold: count,
        pollingSeconds: count,
        cooldownSeconds: count,
        authenticationRef: optionalName,
      }),
      hpa: keys({ cpuPercent: { type: 'integer', minimum: 1, maximum: 100 } }),
    }),
    podDisruptionBudgets: flag,
    serviceAccount: keys({ annotations: labels }),
    podAnnotations: labels,
    nodeSelector: labels,
    tolerations: list,
    affinity: map,
    // As long as a service may take to put its state away.
    terminationGracePeriodSeconds: { type: 'integer', minimum: 40 },
    networkPolicies: keys({
      enabled: flag,
      collectorFrom: list,
      metricsFrom: list,
      kafka: keys({ ports, to: list }),
      registry: keys({ ports, to: list }),
      receivers: keys({ ports, to: list }),
      traces: keys({ ports, to: list }),
    }),
    metrics: keys({
      serviceMonitor: keys({ enabled: flag, interval: { type: 'string', pattern: '^\\d+[sm]$' }, labels }),
      rules: keys({ enabled: flag, labels, runbookUrl: text }),
      dashboards: keys({ enabled: flag, labels }),
    }),
  }),
}

/** What the chart takes, and nothing else: settings are those of the program. */
export function valuesSchema(): string {
  return `${JSON.stringify(schema, null, 2)}\n`
}
