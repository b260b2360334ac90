import { expect, test } from 'vitest'
import { clusterId, startKafka } from './start-kafka.ts'

test('a cluster id never begins with a dash, which its tool would read as an option', () => {
  const drawn = [Buffer.alloc(16, 0xf8), Buffer.alloc(16, 0xfb), Buffer.alloc(16, 0x00)]
  expect(drawn.map((bytes) => bytes.toString('base64url')[0])).toEqual(['-', '-', 'A'])
  expect(clusterId(() => drawn.shift()!)).toBe('A'.repeat(22))
})

test('a principal that the format tool could not read is refused before anything is started', async () => {
  const users = [{ name: 'ada', password: 'a,b' }]
  const started = startKafka({ dataFolder: 'never-made', auth: { users, superUsers: [] } })
  await expect(started).rejects.toThrow('Cannot make Kafka user "ada"')
  await expect(started).rejects.not.toThrow('a,b')
})
