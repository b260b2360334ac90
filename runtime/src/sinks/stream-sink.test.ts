import { PassThrough, Writable } from 'node:stream'
import type { Alert } from '@ostiary/schemas'
import { expect, test } from 'vitest'
import { streamSink } from './stream-sink.ts'

const alert = { finding_uid: 'a', revision: 1, score: 3 } as Alert
const line = ({ finding_uid: uid }: Alert): string => `line of ${uid}`

test('writes on closing, and leaves the stream open', async () => {
  const stream = new PassThrough()
  const sink = streamSink(stream, line)
  await sink.write(alert)
  expect(stream.read()).toBeNull()
  await sink.close()
  expect(String(stream.read())).toBe('line of a\n')
  expect(stream.writable).toBe(true)
})

test('waits for a reader, and ends when the reader goes', async () => {
  const stream = new Writable({ highWaterMark: 1, write: () => undefined })
  const sink = streamSink(stream, line)
  for (const uid of ['a', 'b', 'c']) await sink.write({ ...alert, finding_uid: uid })
  let closed = false
  const closing = sink.close().then(() => {
    closed = true
  })
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
  expect(closed, 'nobody has read a line').toBe(false)
  stream.destroy()
  await closing
})

test('a stream that is gone already is no error', async () => {
  const stream = new PassThrough()
  stream.destroy()
  const sink = streamSink(stream, line)
  await sink.write(alert)
  await expect(sink.close()).resolves.toBeUndefined()
})
