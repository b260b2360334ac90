import { setTimeout as sleep } from 'node:timers/promises'
import { simulate } from '@ostiary/runtime'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { commandFolder, type Json, type Running } from '../e2e/command.ts'
import { Stack } from './stack.ts'

/** The shortest session that a broker allows. */
const sessionMs = 6000
/** So many records in one transaction that its owner is in the midst of one whenever it is stopped under load. */
const transactionEventsMax = 5000
const recordsEachPause = 6000
/** A pause between two transactions, or of one whose partition is on its way to the other, meets no commit in hand: then again. */
const pausesMax = 10
const firstPauseMs = 250
const nextPauseMs = 60
const patience = { timeout: 60_000, interval: 100 }

const folder = commandFolder()
let stack: Stack
beforeAll(async () => {
  stack = await Stack.make(1)
})
afterAll(async () => {
  await stack.close()
})

function startEnricher(): Running {
  const { brokers, registryUrl, topicPrefix } = stack.config
  return folder.start(['run', 'enricher', '--listen', '127.0.0.1:0', '--key', stack.keyFile], {
    env: {
      OSTIARY_BROKERS: brokers,
      OSTIARY_REGISTRY_URL: registryUrl,
      OSTIARY_TOPIC_PREFIX: topicPrefix,
      OSTIARY_SESSION_MS: `${sessionMs / 1000}s`,
      OSTIARY_TRANSACTION_EVENTS_MAX: String(transactionEventsMax),
    },
  })
}

function linesOf({ seen }: Running): Json[] {
  return seen()
    .stderr.split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as Json)
}

function takeovers(one: Running): number {
  return linesOf(one).filter(({ msg }) => msg === 'took over a partition').length
}

function refusals(one: Running): Json[] {
  return linesOf(one).filter(({ fenced }) => fenced === true)
}

async function fencedMetric(one: Running): Promise<number> {
  const address = linesOf(one).find((line) => line['address'] !== undefined)?.['address']
  const text = await (await fetch(`http://${address}/metrics`)).text()
  return Number(/^ostiary_transactions_total\{outcome="fenced"\} (\d+)$/m.exec(text)?.[1] ?? '0')
}

/** Who took the partition over last. */
function ownerOf(instances: readonly Running[]): Running {
  const tookOver = (one: Running): string =>
    linesOf(one).reduce((newest, { msg, time }) => (msg === 'took over a partition' ? String(time) : newest), '')
  return instances.reduce((owner, one) => (tookOver(one) > tookOver(owner) ? one : owner))
}

test('an owner that was stopped past its session cannot commit what it has in hand, and says so', async () => {
  const records = simulate({ seed: 3, identities: 60, days: 60, startMs: Date.parse('2026-01-05'), attacks: false })
  const feed = async (count: number): Promise<void> => {
    const values: string[] = []
    while (values.length < count) values.push(JSON.stringify(records.next().value!.record))
    await stack.send(values)
  }
  const instances = [startEnricher(), startEnricher()]
  await feed(10)
  await expect.poll(() => instances.reduce((sum, one) => sum + takeovers(one), 0), patience).toBeGreaterThan(0)
  await stack.drained('enricher')
  let zombie: Running | undefined
  for (let pause = 0; pause < pausesMax && zombie === undefined; pause++) {
    const owner = ownerOf(instances)
    const fed = feed(recordsEachPause)
    // Into the middle of them.
    await sleep(firstPauseMs + pause * nextPauseMs)
    owner.child.kill('SIGSTOP')
    await fed
    // The other does all the work: it takes the partition over, or was given it just before.
    await stack.drained('enricher')
    owner.child.kill('SIGCONT')
    await sleep(sessionMs / 2)
    if (refusals(owner).length > 0) zombie = owner
  }
  expect(zombie, 'a pause that met a transaction').toBeDefined()
  expect(refusals(zombie!)[0]).toMatchObject({ level: 'warn', msg: 'refused: another instance owns this partition' })
  expect(await fencedMetric(zombie!)).toBeGreaterThan(0)
  for (const { child } of instances) child.kill('SIGTERM')
  for (const { done } of instances) expect((await done).code).toBe(0)
  const raw = (await stack.read('access.events')).flatMap(({ headers }) => headers?.['raw']?.toString() ?? [])
  expect(new Set(raw).size).toBe(raw.length)
  // All of them: each record is an event, under the name of its place.
  expect(raw.length).toBe((await stack.read('access.raw')).length)
})
