import { copyFileSync } from 'node:fs'
import type { ScoringModel } from '@ostiary/models'
import { loadArtefact, simulate, starterArtefactFolder } from '@ostiary/runtime'
import {
  type Alert,
  type ArtefactPiece,
  artefactPieceSchema,
  type Finding,
  type Marker,
  markerSchema,
  type ScoreRecord,
} from '@ostiary/schemas'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { commandFolder, expectCode, type Json, jsonLines, type Ran, type Running } from '../e2e/command.ts'
import { writeSampleModel } from '../sample-model.ts'
import { byIdentity, foldFindings } from './fold-findings.ts'
import { type RunningService, Stack } from './stack.ts'

const folder = commandFolder()
const startMs = Date.parse('2026-01-05T00:00:00Z')
const dayMs = 86_400_000
const patience = { timeout: 90_000 }

const stacks: Stack[] = []
let starter: ScoringModel
let records: string[]
const models = new Map<string, ScoringModel>()
/** Scores otherwise, and pages from a bit higher on. */
let other: string
beforeAll(async () => {
  starter = await loadArtefact(starterArtefactFolder())
  other = writeSampleModel(folder.at('other'), { seed: 7, autoencoderWeight: 0.9, morePageBits: 1 })
  models.set(other, await loadArtefact(folder.at('other')))
  expect(models.get(other)!.autoencoderWeight).not.toBe(starter.autoencoderWeight)
  records = []
  for (const { record, timeMs } of simulate({ seed: 5, identities: 130, days: 12, startMs, attacks: true }))
    if (timeMs >= startMs + 9 * dayMs && timeMs < startMs + 10 * dayMs) records.push(JSON.stringify(record))
  // A day without its midnights: what a census says takes effect where its marker lies, which is no matter of records alone.
  records = records.slice(0, 4000)
  expect(records.length).toBe(4000)
})
afterAll(async () => {
  for (const stack of stacks) await stack.close()
})

async function stackOf(flags: Readonly<Record<string, unknown>> = {}): Promise<Stack> {
  const stack = await Stack.make(2, { digestBits: 5, ...flags })
  stacks.push(stack)
  return stack
}

function envOf({ config }: Stack): Record<string, string> {
  return {
    OSTIARY_BROKERS: config.brokers,
    OSTIARY_REGISTRY_URL: config.registryUrl,
    OSTIARY_TOPIC_PREFIX: config.topicPrefix,
    OSTIARY_DIGEST_BITS: '5',
    OSTIARY_SESSION_MS: '6s',
  }
}

async function ran(stack: Stack, ...args: string[]): Promise<Ran> {
  const why = ['promote', 'rollback', 'shadow'].includes(args[0]!) ? ['--reason', 'a test', '--by', 'ada'] : []
  const force = args[0] === 'promote' ? ['--force'] : []
  return folder.run(['models', ...args, ...why, ...force], { env: envOf(stack) })
}

async function command(stack: Stack, ...args: string[]): Promise<Json[]> {
  const done = await ran(stack, ...args)
  expectCode(done, 0)
  return jsonLines(done.stdout)
}

/** Sends a part of the day, and waits until all of it has been scored. */
async function send(stack: Stack, from: number, to: number): Promise<void> {
  await stack.send(records.slice(from, to), () => 'one')
  // What is committed becomes readable a moment later: the end of the log is no sign that nothing more comes.
  await expect.poll(() => eventsIn(stack), patience).toBe(to)
  await stack.drained('detector')
}

async function eventsIn(stack: Stack): Promise<number> {
  return (await stack.readDecoded('access.events')).filter(({ name }) => name === 'AccessEvent').length
}

async function findingsOf(stack: Stack): Promise<Finding[]> {
  return (await stack.readDecoded('access.findings')).map(({ value }) => value as Finding)
}

function tookOver({ seen }: Running): number {
  return seen().stderr.split('took over a partition').length - 1
}

async function markersOf(stack: Stack): Promise<string[][]> {
  const decoder = stack.schemas.decoder('access.events')
  const partitions: string[][] = [[], []]
  for (const { partition, value } of await stack.read('access.events')) {
    await decoder.prepare(value)
    const { name, value: decoded } = decoder.decode(value)
    const { kind, hash, epoch } = decoded as Marker
    if (name === 'Marker' && (kind === 'model' || kind === 'shadow'))
      partitions[partition]!.push(`${epoch} ${kind} ${hash}`)
  }
  return partitions
}

test('a promotion takes effect without a restart, at its place in every partition, through kill -9 and restarts; a rollback too', async () => {
  const stack = await stackOf()
  stack.start('enricher')
  const detector = (): Running => folder.start(['run', 'detector'], { env: envOf(stack) })
  let running = detector()
  await send(stack, 0, 1000)
  const [promoted] = await command(stack, 'promote', 'other')
  expect(promoted).toMatchObject({ model: other, epoch: 1, by: 'ada' })
  await send(stack, 1000, 2000)
  expect((await findingsOf(stack)).map(({ model }) => model)).toContain(other)
  // No snapshot was written yet: whoever comes next replays everything, the marker too.
  running.child.kill('SIGKILL')
  await running.done
  running = detector()
  await send(stack, 2000, 2600)
  // In order: the next one goes on from a snapshot that names the model.
  await expect.poll(() => tookOver(running), patience).toBe(2)
  running.child.kill('SIGTERM')
  expectCode(await running.done, 0)
  running = detector()
  await send(stack, 2600, 3200)
  await command(stack, 'rollback')
  await send(stack, 3200, 4000)
  running.child.kill('SIGKILL')
  await running.done
  expect(await markersOf(stack)).toEqual([
    [`1 model ${other}`, '2 model '],
    [`1 model ${other}`, '2 model '],
  ])
  const findings = await findingsOf(stack)
  expect(new Set(findings.map(({ model }) => model))).toEqual(new Set([starter.id, other]))
  expect(findings.at(-1)!.model).toBe(starter.id)
  const folded = await foldFindings(stack, starter, models)
  expect(Object.fromEntries(byIdentity(findings))).toEqual(Object.fromEntries(folded))
  expect((await command(stack, 'list', '--journal')).map(({ action }) => action)).toEqual(['promote', 'rollback'])
})

test('the desk pages by the threshold of the model that each finding names', async () => {
  const stack = await stackOf()
  for (const name of ['enricher', 'detector', 'desk'] as const) stack.start(name)
  await send(stack, 0, 1500)
  await command(stack, 'promote', 'other')
  await send(stack, 1500, 3500)
  await stack.drained('desk')
  const alerts = (await stack.readDecoded('access.alerts')).map(({ value }) => value as Alert)
  const reasons = (model: string): Set<string> =>
    new Set(
      alerts
        .filter((alert) => alert.model === model)
        .flatMap(({ disposition_reason: reason }) => /threshold of (\d+\.\d)/.exec(reason)?.[1] ?? []),
    )
  const { alertsPerDay } = stack.config
  expect(reasons(starter.id)).toEqual(new Set([starter.pageBits(alertsPerDay).toFixed(1)]))
  expect(reasons(other)).toContain((starter.pageBits(alertsPerDay) + 1).toFixed(1))
})

test('a shadow writes scores beside those of the model in force, and changes no finding', async () => {
  const alone = await stackOf()
  const beside = await stackOf()
  copyFileSync(alone.keyFile, beside.keyFile)
  for (const stack of [alone, beside]) {
    stack.start('enricher')
    stack.start('detector')
  }
  await command(beside, 'publish', 'other')
  await command(beside, 'shadow', other.slice(0, 12))
  for (const stack of [alone, beside]) await send(stack, 0, 1500)
  const [expected, given] = [await findingsOf(alone), await findingsOf(beside)]
  expect(expected.length).toBeGreaterThan(0)
  expect(Object.fromEntries(byIdentity(given))).toEqual(Object.fromEntries(byIdentity(expected)))
  const scores = (await beside.readDecoded('access.scores')).map(({ value }) => value as ScoreRecord)
  const of = (model: string): string[] => scores.filter((one) => one.model === model).map((one) => one.event_uid)
  expect(of(other).length).toBe(1500)
  expect(of(other)).toEqual(of(starter.id))
  expect((await alone.read('access.scores')).length).toBe(0)
  await command(beside, 'shadow', 'none')
  await send(beside, 1500, 1600)
  expect((await beside.read('access.scores')).length).toBe(2 * 1500)
})

describe('a model that must not take effect is refused, told and counted, and the old one goes on:', () => {
  async function refusedBy(running: RunningService, reason: string): Promise<number> {
    const { values } = await running.context.metrics.modelsRefused.get()
    return values.find(({ labels }) => labels.reason === reason)?.value ?? 0
  }

  /** Puts a model in force past the command and its checks. */
  async function mark(stack: Stack, hash: string, signature = ''): Promise<void> {
    const topic = `${stack.config.topicPrefix}access.events`
    const encode = await stack.schemas.encoder<Marker>(topic, markerSchema)
    const value = encode({ kind: 'model', time: 0, hash, epoch: 1, signature })
    await stack.producer.send({ topic, messages: [0, 1].map((partition) => ({ key: null, value, partition })) })
  }

  async function goesOn(stack: Stack, detector: RunningService, reason: string): Promise<void> {
    await expect.poll(() => refusedBy(detector, reason), patience).toBe(2)
    expect(stack.log.join('\n')).toContain('refused a model; what was in force goes on')
    const before = (await findingsOf(stack)).length
    await send(stack, 1000, 2500)
    const findings = await findingsOf(stack)
    expect(findings.length).toBeGreaterThan(before)
    expect(new Set(findings.map(({ model }) => model))).toEqual(new Set([starter.id]))
  }

  test('one whose body was changed', async () => {
    const stack = await stackOf()
    stack.start('enricher')
    const detector = stack.start('detector')
    await send(stack, 0, 1000)
    await command(stack, 'publish', 'other')
    const topic = `${stack.config.topicPrefix}access.artefacts`
    const encode = await stack.schemas.encoder<ArtefactPiece>(topic, artefactPieceSchema)
    const decoder = stack.schemas.decoder('access.artefacts')
    const key = `model/${other}/0`
    const piece = (await stack.read('access.artefacts')).find((record) => record.key === key)!
    await decoder.prepare(piece.value)
    const { body, ...rest } = decoder.decode(piece.value).value as ArtefactPiece
    const changed = Buffer.from(body)
    changed[changed.length >> 1]! ^= 1
    await stack.producer.send({ topic, messages: [{ key, value: encode({ ...rest, body: changed }) }] })
    const refused = await ran(stack, 'promote', other.slice(0, 12))
    expectCode(refused, 2)
    expect(refused.stderr).toContain('(model.invalid)')
    expect(await markersOf(stack)).toEqual([[], []])
    await mark(stack, other)
    await goesOn(stack, detector, 'model.invalid')
    // Published again it is whole again, and a promotion takes it.
    await command(stack, 'promote', 'other')
    await send(stack, 2500, 4000)
    expect((await findingsOf(stack)).map(({ model }) => model)).toContain(other)
  })

  test('one that is not signed by a trusted key', async () => {
    await folder.run(['models', 'keygen', '--out', 'key'])
    await folder.run(['models', 'trust', 'key.pub'], { env: { OSTIARY_MODEL_TRUST: '' } })
    const stack = await stackOf({ modelTrust: folder.at('data', 'ostiary', 'model-trust') })
    stack.start('enricher')
    const detector = stack.start('detector')
    await send(stack, 0, 1000)
    const refused = await ran(stack, 'promote', 'other')
    expectCode(refused, 2)
    expect(refused.stderr).toContain('(model.untrusted)')
    await mark(stack, other)
    await mark(stack, other, `${'0'.repeat(16)}:${'A'.repeat(86)}==`).then(() => undefined)
    await expect.poll(() => refusedBy(detector, 'model.untrusted'), patience).toBe(4)
    await send(stack, 1000, 2500)
    expect(new Set((await findingsOf(stack)).map(({ model }) => model))).toEqual(new Set([starter.id]))
    // Signed, the same model is taken.
    await folder.run(['models', 'sign', 'other', '--key', 'key'])
    await command(stack, 'promote', 'other')
    await send(stack, 2500, 4000)
    expect((await findingsOf(stack)).map(({ model }) => model)).toContain(other)
  })
})
