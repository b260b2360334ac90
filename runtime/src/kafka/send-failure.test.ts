import { KafkaJSNonRetriableError, KafkaJSNumberOfRetriesExceeded, KafkaJSProtocolError } from 'kafkajs'
import { expect, test } from 'vitest'
import { type SendFailure, sendFailureOf } from './send-failure.ts'

function protocolError(type: string, retriable: boolean): Error {
  const error = new KafkaJSProtocolError(Object.assign(new Error(type), { type, code: 1, retriable }))
  return Object.assign(error, { type, retriable })
}

const cases: readonly (readonly [string, Error, SendFailure])[] = [
  ['a closed socket', new Error('read ECONNRESET'), 'again'],
  ['no leader for now', protocolError('LEADER_NOT_AVAILABLE', true), 'again'],
  ['a batch too large', protocolError('MESSAGE_TOO_LARGE', false), 'smaller'],
  ['no right to write', protocolError('TOPIC_AUTHORIZATION_FAILED', false), 'refused'],
  ['a lost sequence', protocolError('OUT_OF_ORDER_SEQUENCE_NUMBER', false), 'anew'],
  ['a producer that is disconnecting', new KafkaJSNonRetriableError('The producer is disconnecting'), 'anew'],
]

test.each(cases)('%s', (_, error, failure) => {
  expect(sendFailureOf(error)).toBe(failure)
})

test('what the client gave up is judged by what it gave up on', () => {
  const given = (cause: Error): Error =>
    new KafkaJSNumberOfRetriesExceeded(cause, { retryCount: 3, retryTime: 100 } as never)
  expect(sendFailureOf(given(protocolError('LEADER_NOT_AVAILABLE', true)))).toBe('again')
  expect(sendFailureOf(given(protocolError('TOPIC_AUTHORIZATION_FAILED', false)))).toBe('refused')
})

test('an error without an end does not keep the judge', () => {
  const error = new Error('circle')
  error.cause = error
  expect(sendFailureOf(error)).toBe('again')
  expect(sendFailureOf('text')).toBe('again')
})
