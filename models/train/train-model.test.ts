import type { AccessEvent } from '@ostiary/schemas'
import { beforeAll, describe, expect, test } from 'vitest'
import { pageBitsOf } from '../src/calibration/calibration.ts'
import { hourMs, startMs, testEvent } from '../src/detections/test-event.ts'
import { defaultDetectorOptions } from '../src/detector/options.ts'
import { type TrainedModel, type TrainOptions, type TrainProgress, trainModel } from './train-model.ts'

const days = 8
const identities = 12
const operations = ['ListBuckets', 'GetObject', 'PutObject', 'DescribeInstances', 'AssumeRole'] as const

/** Everyday work: each identity calls two or three operations, twice an hour; now and then another. */
function* work(): Generator<AccessEvent> {
  let random = 7
  for (let hour = 0; hour < days * 24; hour++)
    for (let one = 0; one < 2 * identities; one++) {
      random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0
      const operation = operations[((one % 5) + (random % 97 === 0 ? 2 : random % 2)) % operations.length]!
      const time = startMs + hour * hourMs + one * 100_000
      const identity = { uid: `id-${one % identities}`, peer_group: `grp-${one % 3}` }
      yield testEvent({ event_uid: `e-${time}`, time, identity, api: { operation } })
    }
}

const events: readonly AccessEvent[] = [...work()]

async function* replayed(some: readonly AccessEvent[] = events): AsyncGenerator<readonly AccessEvent[]> {
  for (let i = 0; i < some.length; i += 500) yield some.slice(i, i + 500)
}

const options: TrainOptions = { detector: defaultDetectorOptions, seed: 1, epochs: 1, batchSize: 256 }
let trained: TrainedModel
const progress: TrainProgress[] = []

beforeAll(async () => {
  trained = await trainModel(() => replayed(), { ...options, onProgress: (one) => progress.push(one) })
}, 120_000)

describe('a trained model', () => {
  test('tells what it was trained on', () => {
    expect(trained.events).toBe(events.length)
    expect(trained.identities).toBe(identities)
    expect(trained.fromMs).toBe(events[0]!.time)
    expect(trained.untilMs).toBe(events.at(-1)!.time)
    expect(trained.rows.trained).toBeGreaterThan(1000)
  })

  test('holds back one identity in eight, and says how it does on them', () => {
    const { rows, evidence, network } = trained
    // id-0, id-8 and id-10 of twelve.
    expect(rows.heldBack / (rows.trained + rows.heldBack)).toBeCloseTo(3 / 12, 1)
    const { errors, scores, reliability } = evidence
    expect(errors.series.map(({ count }) => count)).toEqual([rows.trained, rows.heldBack])
    expect(scores.series[0]!.count).toBeGreaterThan(2 * scores.series[1]!.count)
    expect(network.history[0]!.heldBack).toBeGreaterThan(0)
    expect(reliability.map(({ name }) => name)).toEqual(['later half'])
    const { points } = reliability[0]!
    expect(points.length).toBeGreaterThan(3)
    expect(Math.abs(points[0]!.seen - 1)).toBeLessThan(0.5)
  })

  test('is calibrated on the last two thirds of the time', () => {
    const { score, surprise, caseMaxima } = trained.calibration
    const late = events.filter(({ time }) => time >= trained.fromMs + (trained.untilMs - trained.fromMs) / 3)
    expect(score.samples).toBe(late.length)
    expect(surprise.samples).toBe(late.length)
    expect(caseMaxima.days).toBeCloseTo((days * 2) / 3, 1)
    // One an identity and hour.
    expect(caseMaxima.bits.length).toBeLessThanOrEqual(identities * caseMaxima.days * 24 + identities)
    expect(caseMaxima.bits.length).toBeGreaterThan(identities * caseMaxima.days * 20)
    expect(pageBitsOf(trained.calibration, 1)).toBeGreaterThan(pageBitsOf(trained.calibration, 20))
  })

  test('knows what is usual in the tenant', () => {
    const text = JSON.stringify(trained.census.toJson())
    expect(text).toContain('s3:ListBuckets')
    for (const uid of ['id-0', 'id-11']) expect(text).not.toContain(`"${uid}"`)
  })

  test('tells how far it was: reading, fitting, calibrating, each to its end', () => {
    expect([...new Set(progress.map((one) => one.phase))]).toEqual(['reading', 'fitting', 'calibrating'])
    expect(progress.at(-1)).toMatchObject({ phase: 'calibrating', share: 1 })
    for (const { share } of progress) expect(share >= 0 && share <= 1).toBe(true)
  })
})

test('the same seed and events give the same, another seed another autoencoder but the same census', async () => {
  const again = await trainModel(() => replayed(), options)
  expect(Buffer.from(again.network.weights).equals(Buffer.from(trained.network.weights))).toBe(true)
  expect(again.calibration).toEqual(trained.calibration)
  expect(again.census.toJson()).toEqual(trained.census.toJson())
  const other = await trainModel(() => replayed(), { ...options, seed: 2 })
  expect(Buffer.from(other.network.weights).equals(Buffer.from(trained.network.weights))).toBe(false)
  expect(other.census.toJson()).toEqual(trained.census.toJson())
})

test('what is asked beside the events, to explain a case, teaches nothing', async () => {
  // A policy tells of each in a case of its own, or in one case; either way the events are the same.
  const telling = events.map((event, index) =>
    index % 60 === 7
      ? { ...event, facts: ['audit.disabled'] as const, api: { ...event.api, operation: `StopLogging${index}` } }
      : event,
  )
  const trainedWith = (caseGapMs: number): Promise<TrainedModel> =>
    trainModel(() => replayed(telling), { ...options, detector: { ...defaultDetectorOptions, caseGapMs } })
  const [many, few] = [await trainedWith(1), await trainedWith(24 * hourMs)]
  expect(Buffer.from(many.network.weights).equals(Buffer.from(few.network.weights))).toBe(true)
})

test.each([0, 1, 300])('%i events are too few, and that is said', async (count) => {
  const training = trainModel(() => replayed(events.slice(0, count)), options)
  await expect(training).rejects.toMatchObject({
    code: 'input.empty',
    message: expect.stringContaining(`${count} events`),
  })
})
