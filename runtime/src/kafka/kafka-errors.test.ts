import { createRequire } from 'node:module'
import { OstiaryError } from '@ostiary/schemas'
import { type Admin, KafkaJSConnectionError, KafkaJSNonRetriableError, KafkaJSProtocolError } from 'kafkajs'
import { describe, expect, it } from 'vitest'
import { toOstiaryError } from './kafka-errors.ts'

function said(type: string): Error {
  return new KafkaJSProtocolError(
    Object.assign(new Error(`the broker said ${type}`), { type, code: 1, retriable: false }),
  )
}

function wrapped(name: string, error: Error): Error {
  return Object.assign(new Error(error.message, { cause: error }), { name })
}

function named(name: string, message: string, more: object = {}): Error {
  return Object.assign(new Error(message), { name, ...more })
}

function codeOf(error: unknown): string {
  return toOstiaryError('try', error).code
}

describe('what a failure of Kafka is to us', () => {
  it.each([
    ['TOPIC_AUTHORIZATION_FAILED', 'kafka.refused', 'ostiary acls'],
    ['GROUP_AUTHORIZATION_FAILED', 'kafka.refused', 'ostiary acls'],
    ['TRANSACTIONAL_ID_AUTHORIZATION_FAILED', 'kafka.refused', 'ostiary acls'],
    ['CLUSTER_AUTHORIZATION_FAILED', 'kafka.refused', 'ostiary acls'],
    ['SASL_AUTHENTICATION_FAILED', 'kafka.refused', 'saslUsername'],
    ['UNKNOWN_TOPIC_OR_PARTITION', 'topics.invalid', 'ostiary topics apply'],
    ['MESSAGE_TOO_LARGE', 'topics.invalid', 'ostiary topics check'],
    ['LEADER_NOT_AVAILABLE', 'kafka.unavailable', 'brokers'],
    ['INVALID_PRODUCER_EPOCH', 'kafka.unavailable', 'tried again'],
  ])('%s is %s', (type, code, cure) => {
    const error = toOstiaryError('write "access.raw"', said(type))
    expect(error.code).toBe(code)
    expect(error.message).toContain(cure)
    expect(error.message).toMatch(/^Cannot write "access.raw": the broker said /)
    expect(error.retriable).toBe(code === 'kafka.unavailable')
  })

  it('looks through what the client wraps around it', () => {
    const refused = said('GROUP_AUTHORIZATION_FAILED')
    expect(codeOf(wrapped('KafkaJSNumberOfRetriesExceeded', wrapped('KafkaJSNonRetriableError', refused)))).toBe(
      'kafka.refused',
    )
    expect(codeOf(wrapped('KafkaJSError', refused))).toBe('kafka.refused')
    expect(codeOf(named('KafkaJSAggregateError', 'some failed', { errors: [refused] }))).toBe('kafka.refused')
    const away = new KafkaJSConnectionError('Connection error: connect ECONNREFUSED', { code: 'ECONNREFUSED' })
    expect(codeOf(wrapped('KafkaJSNumberOfRetriesExceeded', away))).toBe('kafka.unavailable')
  })

  it('is a refusal where a certificate is not trusted, in both directions', () => {
    for (const [code, message] of [
      ['DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate'],
      ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unable to verify the first certificate'],
      ['ERR_TLS_CERT_ALTNAME_INVALID', "Hostname/IP does not match certificate's altnames"],
      ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'alert certificate required'],
    ] as const) {
      const error = toOstiaryError('connect', new KafkaJSConnectionError(`Connection error: ${message}`, { code }))
      expect([error.code, error.message]).toEqual(['kafka.refused', expect.stringContaining('tlsCaFile')])
    }
  })

  it('is a refusal that may pass where no coordinator is found: the client says so of a denial and of an outage', () => {
    const error = toOstiaryError('read', named('KafkaJSGroupCoordinatorNotFound', 'Failed to find group coordinator'))
    expect([error.code, error.retriable]).toEqual(['kafka.refused', true])
    expect(error.message).toContain('READ on its group')
  })

  it('is a defect where it is none of the client’s, and itself where we made it', () => {
    expect(codeOf(new TypeError('x is not a function'))).toBe('internal')
    expect(codeOf(new KafkaJSNonRetriableError('Invalid topics array'))).toBe('internal')
    expect(codeOf('text')).toBe('internal')
    const ours = new OstiaryError('schema.refused', 'Cannot register')
    expect(toOstiaryError('try', ours)).toBe(ours)
  })

  it('ends where errors cause each other in a circle', () => {
    const one = new Error('one')
    const other = new Error('other', { cause: one })
    one.cause = other
    expect(codeOf(one)).toBe('internal')
  })

  it('can be tried again where the client reads an answer it has not got, and not where we do', async () => {
    // What its cluster gives when the last broker has gone.
    const cluster = { metadata: () => Promise.resolve(null) }
    const logger = { namespace: () => ({}) }
    const createAdmin = createRequire(import.meta.url)('kafkajs/src/admin') as (parts: object) => Admin
    const lost: unknown = await createAdmin({ cluster, logger })
      .fetchTopicMetadata({ topics: ['any'] })
      .catch((error: unknown) => error)
    expect(lost).toBeInstanceOf(TypeError)
    expect(toOstiaryError('start', lost)).toMatchObject({ code: 'kafka.unavailable', retriable: true })
    expect(codeOf(new TypeError('of ours'))).toBe('internal')
  })
})
