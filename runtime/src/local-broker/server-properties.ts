import { keystoreName } from './tls-files.ts'

/** A principal that logs in by SCRAM-SHA-512. */
export interface ScramUser {
  readonly name: string
  readonly password: string
}

/** Ports of the listeners; one that is not there is not opened. */
export interface BrokerPorts {
  readonly plain: number
  readonly controller: number
  readonly sasl?: number | undefined
  readonly tls?: number | undefined
}

export interface BrokerProperties {
  readonly ports: BrokerPorts
  /** Whether principals must log in and are denied what no rule allows. */
  readonly auth: boolean
  /** Who may do everything beside the plain listener, where `auth` is set. */
  readonly superUsers: readonly string[]
  /** Broker settings beside these, or instead of them. */
  readonly settings: Readonly<Record<string, string>>
}

/** A node that is broker and controller at once and has no other to copy to: everything in one copy, small buffers. */
const smallNode: Readonly<Record<string, string>> = {
  'process.roles': 'broker,controller',
  'node.id': '1',
  'controller.listener.names': 'CONTROLLER',
  'inter.broker.listener.name': 'PLAINTEXT',
  'log.dirs': 'log',
  // After a crash the node waits for its own former session to end.
  'broker.session.timeout.ms': '3000',
  'broker.heartbeat.interval.ms': '500',
  'num.network.threads': '2',
  'num.io.threads': '4',
  'background.threads': '2',
  'num.recovery.threads.per.data.dir': '1',
  'auto.create.topics.enable': 'false',
  'default.replication.factor': '1',
  'offsets.topic.replication.factor': '1',
  'offsets.topic.num.partitions': '5',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'transaction.state.log.num.partitions': '5',
  'share.coordinator.state.topic.replication.factor': '1',
  'share.coordinator.state.topic.min.isr': '1',
  'group.initial.rebalance.delay.ms': '0',
  'log.cleaner.dedupe.buffer.size': '16777216',
  'log.index.size.max.bytes': '1048576',
}

/** The text of Kafka's `server.properties`. Every listener is on the loopback interface. */
export function serverProperties({ ports, auth, superUsers, settings }: BrokerProperties): string {
  const listeners: [name: string, protocol: string, port: number][] = [['PLAINTEXT', 'PLAINTEXT', ports.plain]]
  if (ports.sasl !== undefined) listeners.push(['SASL', 'SASL_PLAINTEXT', ports.sasl])
  if (ports.tls !== undefined) listeners.push(['TLS', auth ? 'SASL_SSL' : 'SSL', ports.tls])
  const addresses = listeners.map(([name, , port]) => `${name}://127.0.0.1:${port}`)
  const properties: Record<string, string> = {
    ...smallNode,
    'controller.quorum.voters': `1@127.0.0.1:${ports.controller}`,
    listeners: [...addresses, `CONTROLLER://127.0.0.1:${ports.controller}`].join(','),
    'advertised.listeners': addresses.join(','),
    'listener.security.protocol.map': [
      'CONTROLLER:PLAINTEXT',
      ...listeners.map(([name, protocol]) => `${name}:${protocol}`),
    ].join(','),
    ...(auth ? authorisation(superUsers) : {}),
  }
  if (ports.tls !== undefined) {
    properties['listener.name.tls.ssl.keystore.type'] = 'PEM'
    properties['listener.name.tls.ssl.keystore.location'] = keystoreName
  }
  const lines = Object.entries({ ...properties, ...settings }).map(([key, value]) => `${key}=${escaped(value)}`)
  return `${lines.join('\n')}\n`
}

/** The node speaks to itself over the plain listener as nobody in particular, so nobody in particular is an administrator there. */
function authorisation(superUsers: readonly string[]): Record<string, string> {
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule required;'
  return {
    'sasl.enabled.mechanisms': 'SCRAM-SHA-512',
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'allow.everyone.if.no.acl.found': 'false',
    'super.users': ['ANONYMOUS', ...superUsers].map((name) => `User:${name}`).join(';'),
    'listener.name.sasl.scram-sha-512.sasl.jaas.config': scram,
    'listener.name.tls.scram-sha-512.sasl.jaas.config': scram,
  }
}

/** As Java reads properties: a backslash begins an escape. */
function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\')
}

/** What the authorizer writes to, in the broker's folder, where it is asked for. */
const auditName = 'authorizer.log'

/** Kafka's own log: warnings and worse, in two files of at most 10 MB; with `audit` the authorizer's decisions in another. */
export function log4jProperties(audit: boolean): string {
  const logger = `logger.audit.name=kafka.authorizer.logger
logger.audit.level=DEBUG
logger.audit.additivity=false
logger.audit.appenderRef.audit.ref=audit
`
  return `rootLogger.level=WARN
rootLogger.appenderRef.file.ref=file
${rollingFile('file', 'kafka.log', '10MB')}${audit ? logger + rollingFile('audit', auditName, '100MB') : ''}`
}

function rollingFile(appender: string, file: string, size: string): string {
  return `appender.${appender}.type=RollingFile
appender.${appender}.name=${appender}
appender.${appender}.fileName=${file}
appender.${appender}.filePattern=${file}.%i
appender.${appender}.layout.type=PatternLayout
appender.${appender}.layout.pattern=[%d] %p %m (%c)%n
appender.${appender}.policies.type=SizeBasedTriggeringPolicy
appender.${appender}.policies.size=${size}
appender.${appender}.strategy.type=DefaultRolloverStrategy
appender.${appender}.strategy.max=1
`
}
