import {
  type InputRecord,
  isFenced,
  manifestKey,
  type PartitionWorker,
  type StageSetting,
  StageTask,
} from '@ostiary/runtime/kafka'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { countingSetting } from './counting-stage.ts'
import { Stack } from './stack.ts'

/** A commit is readable once its marker lies in the partition, which is some ms after it was answered. */
const patience = { timeout: 20_000 }
const alive = async (): Promise<void> => undefined

let stack: Stack
let setting: StageSetting
let log: string[]
beforeEach(async () => {
  stack = await Stack.make(1)
  log = []
  setting = await countingSetting(stack, log)
})
const stacks: Stack[] = []
beforeAll(() => undefined)
afterAll(async () => {
  for (const one of stacks) await one.close()
})
beforeEach(() => {
  stacks.push(stack)
})

async function sendWords(...words: string[]): Promise<void> {
  await stack.send(words)
}

async function inputs(): Promise<InputRecord[]> {
  return (await stack.read('access.raw')).map(({ partition, offset, value }) => ({
    partition,
    offset,
    timeMs: 0,
    value,
  }))
}

/** What the stage has written, as whoever reads committed records sees it. */
async function written(): Promise<string[]> {
  return (await stack.read('access.alerts.ocsf')).map(({ value }) => String(value))
}

describe('a partition that is taken over', () => {
  test('refuses what its owner before still has in hand, and nothing of that is seen', async () => {
    await sendWords('a', 'a', 'b')
    const records = await inputs()
    const before = await StageTask.open(setting, 0, alive)
    await before.process(records.slice(0, 1))
    const after = await StageTask.open(setting, 0, alive)
    const refused = await before.process(records.slice(1, 2)).then(
      () => undefined,
      (error: unknown) => error,
    )
    expect(isFenced(refused), String(refused)).toBe(true)
    await expect.poll(written, patience).toEqual(['0:a=1'])
    await after.process(records)
    await expect.poll(written, patience).toEqual(['0:a=1', '0:a=2', '0:b=1'])
    await before.close({ snapshot: false }).catch(() => undefined)
    await after.close({ snapshot: false })
  })

  test('goes on where the last commit was, whatever batch it is given', async () => {
    await sendWords('a', 'b', 'a')
    const records = await inputs()
    const first = await StageTask.open(setting, 0, alive)
    await first.process(records.slice(0, 2))
    await first.close({ snapshot: false })
    const second = await StageTask.open(setting, 0, alive)
    expect(second.next).toBe(2)
    // A fetch from before the takeover may still bring all of them.
    await second.process(records)
    await expect.poll(written, patience).toEqual(['0:a=1', '0:b=1', '0:a=2'])
    await second.close({ snapshot: false })
  })

  test('waits until all that was committed before can be read, and believes that rather than the group', async () => {
    await sendWords('a', 'b', 'a')
    const records = await inputs()
    const { kafka, groupId, topicPrefix, stage } = setting
    const first = await StageTask.open(setting, 0, alive)
    // What is still being closed hides whatever was committed behind it, as after a crash of the broker.
    const other = kafka.producer({ transactionalId: `${topicPrefix}other`, idempotent: true, maxInFlightRequests: 1 })
    await other.connect()
    const open = await other.transaction()
    await open.send({ topic: topicPrefix + stage.changelog, messages: [{ key: 'fence', value: '', partition: 0 }] })
    await first.process(records.slice(0, 2))
    await first.close({ snapshot: false })
    const partitions = [{ partition: 0, offset: '0' }]
    await setting.admin.setOffsets({ groupId, topic: topicPrefix + stage.input, partitions })
    let hasOpened = false
    const opening = StageTask.open(setting, 0, alive).then((task) => {
      hasOpened = true
      return task
    })
    await new Promise((resolve) => setTimeout(resolve, 3000))
    expect(hasOpened).toBe(false)
    await open.commit()
    await other.disconnect()
    const second = await opening
    expect(second.next).toBe(2)
    await second.process(records)
    await expect.poll(written, patience).toEqual(['0:a=1', '0:b=1', '0:a=2'])
    await second.close({ snapshot: false })
  })
})

describe('the state of a partition', () => {
  async function inTwoLives(between: (records: readonly InputRecord[]) => Promise<void>): Promise<string[]> {
    await sendWords('a', 'b', 'a', 'c', 'a', 'b')
    const records = await inputs()
    const first = await StageTask.open(setting, 0, alive)
    await first.process(records.slice(0, 2))
    await first.close({ snapshot: true })
    const second = await StageTask.open(setting, 0, alive)
    await second.process(records.slice(0, 4))
    await second.close({ snapshot: true })
    await between(records)
    const third = await StageTask.open(setting, 0, alive)
    await third.process(records)
    await third.close({ snapshot: true })
    await expect.poll(async () => (await written()).length, patience).toBe(records.length)
    return written()
  }

  const undisturbed = ['0:a=1', '0:b=1', '0:a=2', '0:c=1', '0:a=3', '0:b=2']

  async function passedOver(reason: string): Promise<number> {
    const { values } = await setting.metrics.snapshotsRejected.get()
    return values.find((value) => value.labels['reason'] === reason)?.value ?? 0
  }

  async function writeToChangelog(...messages: { key: string; value: Buffer | null; epoch: string }[]): Promise<void> {
    await stack.producer.send({
      topic: `${stack.config.topicPrefix}access.desk.changelog`,
      messages: messages.map(({ epoch, ...message }) => ({ ...message, headers: { epoch } })),
    })
  }

  test('comes from its snapshot, without a replay', async () => {
    expect(await inTwoLives(async () => undefined)).toEqual(undisturbed)
    const tookOver = log.map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(tookOver.filter(({ msg }) => msg === 'took over a partition').map(({ replayed }) => replayed)).toEqual([
      0, 0, 0,
    ])
    for (const reason of ['damaged', 'half_written', 'foreign']) expect(await passedOver(reason), reason).toBe(0)
  })

  test('is replayed from the last snapshot on when there is none since', async () => {
    await sendWords('a', 'b', 'a')
    const records = await inputs()
    const first = await StageTask.open(setting, 0, alive)
    await first.process(records.slice(0, 1))
    await first.close({ snapshot: true })
    const second = await StageTask.open(setting, 0, alive)
    await second.process(records.slice(0, 2))
    await second.close({ snapshot: false })
    const third = await StageTask.open(setting, 0, alive)
    await third.process(records)
    await third.close({ snapshot: false })
    await expect.poll(written, patience).toEqual(['0:a=1', '0:b=1', '0:a=2'])
    expect(log.some((line) => line.includes('"replayed":1'))).toBe(true)
  })

  test('is not passed over because the broker goes away while it is read back', async () => {
    await sendWords('a', 'b', 'a')
    const records = await inputs()
    const first = await StageTask.open(setting, 0, alive)
    await first.process(records.slice(0, 2))
    await first.close({ snapshot: true })
    // As the client says it, which holds that trying again is of no use.
    const away = Object.assign(new Error('Failed to find group coordinator'), {
      name: 'KafkaJSGroupCoordinatorNotFound',
      retriable: false,
    })
    const createWorker = (partition: number): PartitionWorker =>
      Object.assign(setting.stage.createWorker(partition), { restore: () => Promise.reject(away) })
    await expect(StageTask.open({ ...setting, stage: { ...setting.stage, createWorker } }, 0, alive)).rejects.toBe(away)
    const second = await StageTask.open(setting, 0, alive)
    await second.process(records)
    await second.close({ snapshot: false })
    await expect.poll(written, patience).toEqual(['0:a=1', '0:b=1', '0:a=2'])
    expect(await passedOver('damaged')).toBe(0)
  })

  test('passes over a snapshot that is only half there', async () => {
    const outputs = await inTwoLives(() =>
      writeToChangelog({ key: 'a', value: Buffer.from('99'), epoch: '3' }, { key: 'c', value: null, epoch: '3' }),
    )
    expect(outputs).toEqual(undisturbed)
    expect(await passedOver('half_written')).toBe(1)
    expect(log.some((line) => line.includes('"reason":"half_written"') && line.includes('passed over'))).toBe(true)
  })

  test('passes over a snapshot whose digest is another, and one that is no manifest', async () => {
    const outputs = await inTwoLives(async () => {
      const manifest = (await stack.read('access.desk.changelog')).find(({ key }) => key === manifestKey)!
      const value = setting.decodeManifest(manifest.value!)
      await writeToChangelog(
        { key: 'a', value: Buffer.from('99'), epoch: '3' },
        { key: manifestKey, value: setting.encodeManifest({ ...value, epoch: 3, next_offset: 4 }), epoch: '3' },
        { key: 'b', value: Buffer.from('77'), epoch: '4' },
        { key: manifestKey, value: Buffer.from('garbage'), epoch: '4' },
      )
    })
    expect(outputs).toEqual(undisturbed)
    expect(await passedOver('damaged')).toBeGreaterThan(0)
  })

  test.each([
    ['another tenant', { tenant_uid: 'other' }],
    ['another layout', { layout: 'counting-2' }],
    ['another partition', { partition: 7 }],
    ['another service', { service: 'enricher' }],
    ['a future that was never committed', { next_offset: 1_000_000 }],
  ])('passes over a snapshot of %s', async (_, foreign) => {
    const outputs = await inTwoLives(async () => {
      const manifests = (await stack.read('access.desk.changelog')).filter(({ key }) => key === manifestKey)
      const value = setting.decodeManifest(manifests.at(-1)!.value!)
      await writeToChangelog({
        key: manifestKey,
        value: setting.encodeManifest({ ...value, epoch: 3, ...foreign }),
        epoch: '3',
      })
    })
    expect(outputs).toEqual(undisturbed)
    expect(await passedOver('foreign')).toBe(1)
  })

  test('is learnt anew from the log where no snapshot can be used, and saved whole again', async () => {
    const outputs = await inTwoLives(async () => {
      setting = { ...setting, origin: { ...setting.origin, tenant_uid: 'renamed' } }
    })
    expect(outputs).toEqual(undisturbed)
    // What the new owner saved is whole by itself: the next one takes it.
    await sendWords('a')
    const next = await StageTask.open(setting, 0, alive)
    await next.process(await inputs())
    await next.close({ snapshot: false })
    await expect.poll(async () => (await written()).at(-1), patience).toBe('0:a=4')
    expect(log.at(-1)).toContain('"replayed":0')
  })
})

test('a record on which the operator fails goes to the dead letters, once, and nothing waits behind it', async () => {
  await sendWords('a', 'defect', 'a')
  const records = await inputs()
  const first = await StageTask.open(setting, 0, alive)
  await first.process(records)
  await first.close({ snapshot: false })
  const second = await StageTask.open(setting, 0, alive)
  await second.close({ snapshot: false })
  await expect.poll(written, patience).toEqual(['0:a=1', '0:a=2'])
  const letters = async (): Promise<string[]> => (await stack.read('access.dlq')).map(({ value }) => String(value))
  await expect.poll(letters, patience).toEqual(['1 internal.defect'])
  // The log tells which record it was, and nothing of what is in it.
  const told = log.filter((line) => line.includes('a defect: the record went to the dead letters'))
  expect(told.map((line) => (JSON.parse(line) as { place: string }).place)).toEqual([
    `access.raw/0/${records[1]!.offset}`,
  ])
  expect(told[0]).not.toContain('does not know')
})
