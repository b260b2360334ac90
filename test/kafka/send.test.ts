import { readFileSync, writeFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dataFile } from '../bench/data-folder.ts'
import { commandFolder, expectCode } from '../e2e/command.ts'
import { Stack } from './stack.ts'

describe('ostiary send', () => {
  const trace = dataFile('invictus-aws/background.ndjson.gz')
  const command = commandFolder()
  let stack: Stack
  beforeAll(async () => {
    stack = await Stack.make(4)
  })
  afterAll(() => stack.close())
  const known = new Set<string>()
  /** Values that came into the topic since the last call. */
  async function arrived(): Promise<string[]> {
    const records = await stack.read('access.raw')
    const fresh = records.filter(({ partition, offset }) => !known.has(`${partition}:${offset}`))
    for (const { partition, offset } of fresh) known.add(`${partition}:${offset}`)
    return fresh.map(({ value }) => value!.toString()).sort()
  }
  const flags = (): string[] => ['--brokers', stack.config.brokers, '--topic-prefix', stack.config.topicPrefix]

  test.skipIf(trace === undefined)('sends a real trace whole', async () => {
    const ran = await command.run(['send', trace!, ...flags()])
    expectCode(ran, 0)
    const lines = gunzipSync(readFileSync(trace!)).toString().trimEnd().split('\n')
    expect(JSON.parse(ran.stdout)).toMatchObject({ records: lines.length, rejected: {}, files: 1 })
    expect(await arrived()).toEqual(lines.sort())
  })

  test('sends a simulation, the same records that are written', async () => {
    const options = ['--identities', '12', '--days', '1', '--seed', '7']
    const written = await command.run(['simulate', ...options])
    const ran = await command.run(['simulate', '--to-kafka', '--rate', '100000', ...options, ...flags()])
    expectCode(ran, 0)
    expect(await arrived()).toEqual(written.stdout.trimEnd().split('\n').sort())
  })

  test('without a broker it ends with 3, and with wrong usage with 2', async () => {
    writeFileSync(command.at('x.json'), '{}')
    expectCode(await command.run(['send', 'x.json', '--brokers', '127.0.0.1:1']), 3)
    expectCode(await command.run(['send', 'x.json', '--rate', 'fast', ...flags()]), 2)
    expectCode(await command.run(['send', 'gone.json', ...flags()]), 3)
  })
})
