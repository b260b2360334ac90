import { expect, test } from 'vitest'
import { headerOf, sampledContext } from './trace-header.ts'

// The examples of https://www.w3.org/TR/trace-context/.
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const spanId = '00f067aa0ba902b7'

test('reads what the standard writes, and writes it again', () => {
  const header = `00-${traceId}-${spanId}-01`
  expect(sampledContext(header)).toEqual({ traceId, spanId })
  expect(sampledContext(Buffer.from(header))).toEqual({ traceId, spanId })
  expect(headerOf({ traceId, spanId })).toBe(header)
})

test('reads a later version by what the first says of it', () => {
  expect(sampledContext(`cc-${traceId}-${spanId}-03-what-else`)).toEqual({ traceId, spanId })
})

test.each([
  ['is not sampled', `00-${traceId}-${spanId}-00`],
  ['has no trace', `00-${'0'.repeat(32)}-${spanId}-01`],
  ['has no span', `00-${traceId}-${'0'.repeat(16)}-01`],
  ['is of the version that is forbidden', `ff-${traceId}-${spanId}-01`],
  ['has more than its version', `00-${traceId}-${spanId}-01-more`],
  ['is in capitals', `00-${traceId.toUpperCase()}-${spanId}-01`],
  ['is too short', `00-${traceId.slice(1)}-${spanId}-01`],
  ['is text', 'traceparent'],
  ['is empty', ''],
  ['comes twice', [`00-${traceId}-${spanId}-01`, `00-${traceId}-${spanId}-01`]],
  ['is not there', undefined],
])('passes over a header that %s', (_, header) => {
  expect(sampledContext(header)).toBeUndefined()
})
