import { type ErrorCode, OstiaryError } from '@ostiary/schemas'

/** Errors inside errors that are looked at. */
const causesMax = 8

const credentials =
  'Check "saslMechanism", "saslUsername" and the password in "saslPasswordFile" or OSTIARY_SASL_PASSWORD'
const rights = 'Give the principal that right; "ostiary acls" lists what each service needs'
const topicsCure = 'Make the topics with "ostiary topics apply", and see "ostiary topics check"'
const certificates = 'Check "tls", "tlsCaFile", "tlsCertFile" and "tlsKeyFile"'

interface Reading {
  readonly code: ErrorCode
  readonly cure: string
}

const unavailable: Reading = {
  code: 'kafka.unavailable',
  cure: 'Check "brokers", the network, "tls" and "saslMechanism"; it can be tried again',
}

/**
 * The client says so of whoever may not see a group or a transactional id, and also where every broker failed on the way:
 * so it may be tried again.
 */
const noCoordinator: Reading = {
  code: 'kafka.refused',
  cure: `The principal may lack READ on its group or WRITE on its transactional id, or no broker answered. ${rights}`,
}

/** By what a broker calls it. */
const byType: Readonly<Record<string, Reading>> = {
  SASL_AUTHENTICATION_FAILED: { code: 'kafka.refused', cure: credentials },
  UNSUPPORTED_SASL_MECHANISM: { code: 'kafka.refused', cure: credentials },
  ILLEGAL_SASL_STATE: { code: 'kafka.refused', cure: credentials },
  CLUSTER_AUTHORIZATION_FAILED: {
    code: 'kafka.refused',
    cure: 'Let an administrator of the cluster do it; "ostiary acls" lists what each service needs',
  },
  SECURITY_DISABLED: { code: 'kafka.refused', cure: 'The cluster has no authorizer, so it knows no access rights' },
  UNKNOWN_TOPIC_OR_PARTITION: { code: 'topics.invalid', cure: topicsCure },
  INVALID_TOPIC_EXCEPTION: { code: 'topics.invalid', cure: topicsCure },
  MESSAGE_TOO_LARGE: { code: 'topics.invalid', cure: topicsCure },
  RECORD_LIST_TOO_LARGE: { code: 'topics.invalid', cure: topicsCure },
  INVALID_REPLICATION_FACTOR: { code: 'topics.invalid', cure: 'Give --replication as many brokers as there are' },
  INVALID_PARTITIONS: { code: 'topics.invalid', cure: 'Give another number of --partitions' },
  INVALID_CONFIG: { code: 'topics.invalid', cure: topicsCure },
  POLICY_VIOLATION: { code: 'topics.invalid', cure: "See the cluster's policy for topics" },
}

const certificateCodes =
  /^(?:CERT_|ERR_(?:TLS|SSL|OSSL)|SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED|UNABLE_TO_(?:GET_ISSUER|VERIFY_LEAF))/
const certificateWords = /certificate|self-signed|altnames/i

/**
 * What a failure of the Kafka client is to us: `kafka.refused` for credentials and rights, `topics.invalid` for a topic that
 * is missing or not as its contract says, `kafka.unavailable`, which can be tried again, for the rest; a defect for what is
 * none of the client's errors.
 *
 * @param action what was tried, as in "Cannot ‹action›"
 */
export function toOstiaryError(action: string, error: unknown): OstiaryError {
  if (error instanceof OstiaryError) return error
  const chain = chainOf(error)
  const detail = chain.at(-1)?.message ?? String(error)
  const reading =
    chain.map(readingOf).find((one) => one !== undefined) ?? (chain.some(isAway) ? unavailable : undefined)
  if (reading !== undefined)
    return new OstiaryError(reading.code, `Cannot ${action}: ${detail}. ${reading.cure}`, {
      cause: error,
      retriable: reading === unavailable || reading === noCoordinator,
    })
  return new OstiaryError('internal', `Cannot ${action}: ${detail}`, { cause: error })
}

type ClientError = Error & { readonly type?: unknown; readonly code?: unknown; readonly errors?: unknown }

/** An error and what caused it, the innermost last: the client wraps what the broker said a few times over. */
function chainOf(error: unknown): readonly ClientError[] {
  const chain: ClientError[] = []
  let next = error
  while (next instanceof Error && chain.length < causesMax) {
    const { errors } = next as ClientError
    chain.push(next)
    next = Array.isArray(errors) ? errors[0] : next.cause
  }
  return chain
}

function readingOf({ name, type, code, message }: ClientError): Reading | undefined {
  if (typeof type === 'string') {
    const reading = byType[type]
    if (reading !== undefined) return reading
    if (type.endsWith('_AUTHORIZATION_FAILED')) return { code: 'kafka.refused', cure: rights }
  }
  if (name === 'KafkaJSSASLAuthenticationError') return { code: 'kafka.refused', cure: credentials }
  if (name === 'KafkaJSGroupCoordinatorNotFound') return noCoordinator
  if (name === 'KafkaJSConnectionError' && isCertificate(code, message))
    return { code: 'kafka.refused', cure: certificates }
  return undefined
}

/**
 * The client's own mistakes and ours come as a bare KafkaJSNonRetriableError; all else is the network or the broker. So is a
 * TypeError that begins in the client: where the last broker went away under it, it reads an answer that it has not got.
 */
function isAway({ name, stack = '' }: ClientError): boolean {
  if (name === 'TypeError') return /^ {4}at [^\n]*[\\/]kafkajs[\\/]src[\\/]/.test(stack.slice(stack.indexOf('\n') + 1))
  return /^KafkaJS(?!NonRetriableError$|NumberOfRetriesExceeded$|AggregateError$|InvariantViolation$)/.test(name)
}

function isCertificate(code: unknown, message: string): boolean {
  return (typeof code === 'string' && certificateCodes.test(code)) || certificateWords.test(message)
}
