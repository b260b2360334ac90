import { simulate } from '@ostiary/runtime'
import { Dice } from '../fuzz/dice.ts'

export interface RawStreamOptions {
  readonly seed: number
  readonly records: number
  /** Everything on one UTC day and in order: then alerts do not depend on how partitions interleave. */
  readonly oneDay: boolean
}

/** Records longer than this are rejected by the services of a campaign; small, so that oversized ones are cheap. */
export const recordBytesMax: number = 32 * 1024
const startMs = Date.UTC(2026, 0, 5)
const dayMs = 86_400_000
const identities = 60
/** Records a day, where there are several. */
const recordsPerDay = 1500
/** How far back a repeat reaches, and how far a record may be moved behind others. */
const repeatReach = 400
const delayMax = 60

/**
 * Raw records as the worst of days brings them: an organisation's, among them repeats, some out of order, envelopes, what is
 * no record, and what holds none. The same options give the same bytes.
 */
export function* rawStream({ seed, records, oneDay }: RawStreamOptions): Generator<Buffer, void> {
  const dice = new Dice(seed)
  const recent: Buffer[] = []
  const delayed: { due: number; bytes: Buffer }[] = []
  let count = 0
  const clean = cleanRecords(seed, records, oneDay)
  while (count < records) {
    const bytes = next(dice, clean, recent, count)
    if (!oneDay && dice.oneIn(25) && delayed.length < delayMax) {
      delayed.push({ due: count + 1 + dice.below(delayMax), bytes })
      continue
    }
    yield bytes
    count += 1
    while (count < records && delayed.length > 0 && delayed[0]!.due <= count) {
      yield delayed.shift()!.bytes
      count += 1
    }
  }
}

/** One thing to send: mostly a record. */
function next(dice: Dice, clean: Generator<object, void>, recent: Buffer[], count: number): Buffer {
  if (recent.length > 0 && dice.oneIn(20)) return dice.of(recent)
  if (dice.oneIn(40)) return poison(dice, count)
  const take = (): object => clean.next().value ?? {}
  const bytes = Buffer.from(JSON.stringify(dice.oneIn(40) ? envelope(dice, take, count) : take()), 'utf8')
  if (dice.oneIn(100)) return bytes.subarray(0, 1 + dice.below(bytes.length - 1))
  recent.push(bytes)
  if (recent.length > repeatReach) recent.shift()
  return bytes
}

/** Several records in one, of which some may give nothing. */
function envelope(dice: Dice, take: () => object, count: number): object {
  const inner = Array.from({ length: 1 + dice.below(5) }, (_, place) =>
    dice.oneIn(6) ? { unknown: count, place } : dice.oneIn(8) ? heartbeat : take(),
  )
  return { Records: inner }
}

const heartbeat = { messageType: 'CONTROL_MESSAGE', logEvents: [] }

/** What gives no event: rejected or filtered. The count makes each another one. */
function poison(dice: Dice, count: number): Buffer {
  const text = (value: unknown): Buffer => Buffer.from(JSON.stringify(value), 'utf8')
  const made: readonly (() => Buffer)[] = [
    () => Buffer.from(`{"eventVersion": "1.11", broken ${count}`, 'utf8'),
    () => Buffer.from([0xff, 0xfe, 0x00, count & 0xff]),
    () => text({ nothing: 'known', count }),
    () => text([count, 'an array']),
    () => text(count),
    () => text({ filler: 'x'.repeat(recordBytesMax), count }),
    () => Buffer.from(`${'['.repeat(200)}${count}${']'.repeat(200)}`, 'utf8'),
    () => text({ digestStartTime: '2026-01-05T00:00:00Z', digestS3Bucket: `logs-${count}` }),
    () => text({ Records: [], count }),
    () => text(heartbeat),
    () => text({ eventVersion: '1.11', eventSource: 'iam.amazonaws.com', eventName: 'CreateUser', eventTime: 'never' }),
  ]
  return dice.of(made)()
}

/** Whole records in order of time; one in some hundred is dated far ahead. */
function* cleanRecords(seed: number, records: number, oneDay: boolean): Generator<object, void> {
  const days = oneDay ? 1 : Math.max(3, Math.ceil((records * 2) / recordsPerDay))
  const dice = new Dice(seed + 1)
  const wanted = {
    seed,
    identities,
    days: days + 1,
    startMs,
    eventsPerDay: oneDay ? records * 3 : recordsPerDay,
    attacks: { fromDay: 0, perWeek: 60 },
  }
  for (const { record, timeMs } of simulate(wanted)) {
    if (oneDay && timeMs >= startMs + dayMs) return
    if (dice.oneIn(300)) yield { ...record, eventTime: '2099-01-01T00:00:00Z' }
    yield record
  }
}
