import { readFileSync } from 'node:fs'
import { OstiaryError } from '@ostiary/schemas'
import { Kafka, type KafkaConfig, logLevel, type SASLOptions } from 'kafkajs'
import type { Config } from '../config/config-schema.ts'
import type { Logger } from '../log/logger.ts'
import { readCommittedOnly } from './committed-records.ts'
import { compressFast } from './compression.ts'

/** Bytes of a file that holds a secret or a certificate. */
const secretBytesMax = 64 * 1024

/**
 * Back-to-back transactions meet CONCURRENT_TRANSACTIONS for a few ms: short first waits, long last ones, so that a broker
 * that is away is asked for about half a minute before an operation gives up and is begun again.
 */
const retry = { initialRetryTime: 20, factor: 0.2, multiplier: 1.5, maxRetryTime: 5000, retries: 15 }

/** A client for the cluster of a configuration. Its log goes where ours goes. */
export function connect(config: Config, env: NodeJS.ProcessEnv, log: Logger, clientId: string): Kafka {
  readCommittedOnly()
  compressFast()
  return new Kafka({
    ...kafkaConfigOf(config, env),
    clientId,
    logLevel: logLevel.WARN,
    logCreator: () => toLogger(log),
  })
}

/** Where the cluster is and how to log in. Throws OstiaryError `config.invalid` where something is missing. */
export function kafkaConfigOf(config: Config, env: NodeJS.ProcessEnv): KafkaConfig {
  if (config.brokers === '')
    throw new OstiaryError(
      'config.invalid',
      'Cannot connect to Kafka: no broker is set. Set "brokers" or OSTIARY_BROKERS',
    )
  const brokers = config.brokers.split(',')
  const ssl = tlsOf(config)
  const sasl = saslOf(config, env)
  return {
    brokers,
    retry,
    connectionTimeout: 5000,
    requestTimeout: 30_000,
    ...(ssl === undefined ? {} : { ssl }),
    ...(sasl === undefined ? {} : { sasl }),
  }
}

function tlsOf(config: Config): Exclude<KafkaConfig['ssl'], undefined | boolean> | undefined {
  if (config.tls === 'no') return undefined
  return {
    ...(config.tlsCaFile === '' ? {} : { ca: [readSecret('tlsCaFile', config.tlsCaFile)] }),
    ...(config.tlsCertFile === '' ? {} : { cert: readSecret('tlsCertFile', config.tlsCertFile) }),
    ...(config.tlsKeyFile === '' ? {} : { key: readSecret('tlsKeyFile', config.tlsKeyFile) }),
  }
}

function saslOf(config: Config, env: NodeJS.ProcessEnv): SASLOptions | undefined {
  const { saslMechanism: mechanism, saslUsername: username } = config
  if (mechanism === 'none') return undefined
  const password =
    config.saslPasswordFile === ''
      ? env['OSTIARY_SASL_PASSWORD']
      : readSecret('saslPasswordFile', config.saslPasswordFile)
  if (username === '' || password === undefined || password === '')
    throw new OstiaryError(
      'config.invalid',
      `Cannot log in to Kafka by ${mechanism}: set "saslUsername" and "saslPasswordFile", or OSTIARY_SASL_PASSWORD`,
    )
  return { mechanism, username, password }
}

/** The text of a file that a setting names, without a line break at its end. */
export function readSecret(setting: string, file: string): string {
  let bytes: Buffer
  try {
    bytes = readFileSync(file)
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause)
    throw new OstiaryError('config.invalid', `Cannot read "${setting}" from "${file}": ${detail}`, { cause })
  }
  if (bytes.length === 0 || bytes.length > secretBytesMax)
    throw new OstiaryError('config.invalid', `Cannot use "${setting}": "${file}" has ${bytes.length} bytes`)
  return bytes.toString('utf8').replace(/\r?\n$/, '')
}

type LogEntry = (given: {
  level: logLevel
  namespace: string
  log: Record<string, unknown> & { message: string }
}) => void

/** The client calls normal conditions errors (a coordinator that loads, a group that rebalances), so nothing of it is one. */
function toLogger(log: Logger): LogEntry {
  return ({ level, namespace, log: { message, error, groupId } }) => {
    const line = { client: namespace || 'kafkajs', error, groupId }
    // Whatever a limited retry leaves undone is aborted as a whole by us, so nothing is lost by it.
    if (level <= logLevel.WARN && !message.startsWith('Limiting retries')) log.warn(line, message)
    else log.debug(line, message)
  }
}
