import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { simulate } from '@ostiary/runtime'
import { afterAll, expect, test } from 'vitest'
import { commandFolder, expectCode, type Json, jsonLines } from '../e2e/command.ts'
import { Stack } from './stack.ts'

const startMs = Date.parse('2026-01-05T00:00:00Z')
const folder = commandFolder()
const stacks: Stack[] = []
afterAll(async () => {
  for (const stack of stacks) await stack.close()
})

async function stackWith(records: readonly string[], partitions: number): Promise<Stack> {
  const stack = await Stack.make(partitions)
  stacks.push(stack)
  // Sent before anything else keeps the broker busy: there are many.
  await stack.send(records)
  const enricher = stack.start('enricher')
  await stack.drained('enricher')
  await enricher.stop()
  return stack
}

async function train(out: string, ...flags: readonly string[]): Promise<Json> {
  const ran = await folder.run(['train', '--out', out, '--epochs', '2', ...flags])
  expectCode(ran, 0)
  return jsonLines(ran.stdout)[0]!
}

function kafkaFlags({ config }: Stack): string[] {
  const { brokers, registryUrl, topicPrefix } = config
  return ['--from-kafka', '--brokers', brokers, '--registry-url', registryUrl, '--topic-prefix', topicPrefix]
}

test('what the enricher wrote trains the very model that the same records do from a file', async () => {
  const records: string[] = []
  for (const { record } of simulate({ seed: 5, identities: 30, days: 6, startMs, attacks: false }))
    records.push(JSON.stringify(record))
  writeFileSync(folder.at('org.ndjson'), records.map((record) => `${record}\n`).join(''))
  const stack = await stackWith(records, 1)
  const ofFile = await train('of-file', '--from', 'org.ndjson', '--key', stack.keyFile)
  const ofTopic = await train('of-topic', ...kafkaFlags(stack))
  expect(ofTopic).toEqual({ ...ofFile, folder: 'of-topic' })
  const of = (name: string): string => readFileSync(join(folder.path, name, 'manifest.json'), 'utf8')
  expect(of('of-topic')).toBe(of('of-file'))

  // Over more partitions the events come merged by time: the same ones, though not each in the same place.
  const wide = await stackWith(records, 3)
  const { events, from, until } = ofFile
  expect(await train('wide', ...kafkaFlags(wide))).toMatchObject({ events, from, until })
  const day = ['--since', '2026-01-05', '--until', '2026-01-10']
  const fewer = await train('fewer', ...kafkaFlags(wide), ...day)
  expect(fewer['events']).toBe(records.filter((record) => record.includes('"eventTime":"2026-01-0')).length)
})

test('it is one or the other: files, or the topic', async () => {
  for (const flags of [[], ['--from', 'org.ndjson', '--from-kafka']]) {
    const ran = await folder.run(['train', '--out', 'no', ...flags])
    expectCode(ran, 2)
    expect(ran.stderr).toContain('give either --from or --from-kafka')
  }
})
