import {
  type AccessEvent,
  accessEventSchema,
  canonicalSha256,
  type DeadLetter,
  normaliseRecord,
  type Outcome,
} from '@ostiary/schemas'
import avro from 'avsc'
import type { Differences } from './differences.ts'
import type { LawSetting } from './laws.ts'
import { bodyOf, type LogRecord, type Logs, recordsOf, saidBy } from './log-record.ts'

const hourMs = 3_600_000
const eventType = avro.Type.forSchema(accessEventSchema as never)

/** What the raw records have to give, by their places `partition:offset:index`. */
interface Expected {
  readonly events: Map<string, AccessEvent>
  /** Reasons. */
  readonly letters: Map<string, string>
  /** Event times of the ticks, with how often. */
  readonly ticks: Map<number, number>
  filtered: number
  duplicates: number
}

/** How the raw records ended. */
export interface RawEnds {
  readonly events: number
  readonly letters: number
  readonly filtered: number
  readonly duplicates: number
}

/**
 * Every raw record ends in exactly one of events, filtered, duplicate and dead letters, and every event is what the enricher
 * makes of its record. Ticks are what event time brings, in every partition alike.
 */
export function checkRaw(logs: Logs, setting: LawSetting, differences: Differences): RawEnds {
  const expected: Expected = { events: new Map(), letters: new Map(), ticks: new Map(), filtered: 0, duplicates: 0 }
  for (const partition of logs.get('access.raw') ?? []) expectPartition(partition, setting, expected, differences)
  checkEvents(logs, expected.events, differences)
  checkLetters(logs, expected.letters, differences)
  checkMarkers(logs, expected.ticks, setting.tables.id, differences)
  return {
    events: expected.events.size,
    letters: expected.letters.size,
    filtered: expected.filtered,
    duplicates: expected.duplicates,
  }
}

/** The reason for which the bytes are no record at all, or what they say. */
function readingOf(bytes: Buffer, { config }: LawSetting): { readonly reason: string } | { readonly parsed: unknown } {
  if (bytes.length > config.recordBytesMax) return { reason: 'bytes.oversized' }
  let depth = 0
  let isText = false
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]
    if (isText) {
      if (byte === 0x5c) at += 1
      else if (byte === 0x22) isText = false
    } else if (byte === 0x22) isText = true
    else if (byte === 0x7b || byte === 0x5b) {
      depth += 1
      if (depth > config.depthMax) return { reason: 'json.too_deep' }
    } else if (byte === 0x7d || byte === 0x5d) depth -= 1
  }
  try {
    return { parsed: JSON.parse(bytes.toString('utf8')) }
  } catch {
    return { reason: 'json.invalid' }
  }
}

function expectPartition(
  partition: readonly LogRecord[],
  setting: LawSetting,
  expected: Expected,
  differences: Differences,
): void {
  const { config, enrich } = setting
  const seen = new Set<string>()
  let highWaterMs = -1
  for (const record of partition) {
    const place = `${record.partition}:${record.offset}`
    const reading = readingOf(record.value ?? Buffer.alloc(0), setting)
    if ('reason' in reading) {
      expected.letters.set(`${place}:0`, reading.reason)
      continue
    }
    const found: { readonly outcome: Outcome; readonly inner: object }[] = []
    normaliseRecord(reading.parsed, (outcome, inner) => found.push({ outcome, inner }))
    for (const [index, { outcome, inner }] of found.entries()) {
      const at = `${place}:${index}`
      if (outcome.kind === 'filtered') expected.filtered += 1
      else if (outcome.kind === 'rejected') expected.letters.set(at, outcome.reason)
      else if (outcome.event.timeMs > record.timeMs + config.futureMs) expected.letters.set(at, 'record.invalid_time')
      else {
        const event = enrich(outcome.event, () => canonicalSha256(inner))
        if (seen.has(event.event_uid)) {
          expected.duplicates += 1
          continue
        }
        seen.add(event.event_uid)
        expected.events.set(at, event)
        if (event.time > highWaterMs && Math.floor(event.time / hourMs) > Math.floor(highWaterMs / hourMs))
          expected.ticks.set(event.time, (expected.ticks.get(event.time) ?? 0) + 1)
        highWaterMs = Math.max(highWaterMs, event.time)
      }
    }
  }
  if (seen.size > config.duplicatesMax)
    differences.add('raw', `partition has ${seen.size} ids, more than are remembered: the check does not hold for it`)
}

function checkEvents(logs: Logs, expected: ReadonlyMap<string, AccessEvent>, differences: Differences): void {
  const left = new Map(expected)
  const homes = new Map<string, number>()
  for (const partition of logs.get('access.events') ?? []) {
    const newest = new Map<string, [offset: number, index: number]>()
    for (const record of partition) {
      if (record.decoded?.name !== 'AccessEvent') continue
      const raw = record.raw ?? 'no header'
      const where = `event at ${record.partition}:${record.offset} of raw ${raw}`
      const event = left.get(raw)
      if (event === undefined)
        differences.add(
          'events',
          `${where}: ${expected.has(raw) ? 'there is another of it' : 'the raw gives no event'}`,
        )
      else if (!bodyOf(record).equals(eventType.toBuffer(event))) differences.add('events', `${where}: other bytes`)
      left.delete(raw)
      const [from = '', offset, index] = raw.split(':')
      const [lastOffset, lastIndex] = newest.get(from) ?? [-1, -1]
      if (Number(offset) < lastOffset || (Number(offset) === lastOffset && Number(index) < lastIndex))
        differences.add('order', `${where}: after raw ${from}:${lastOffset}:${lastIndex}`)
      newest.set(from, [Number(offset), Number(index)])
      const { uid } = (record.decoded.value as AccessEvent).identity
      const home = homes.get(uid) ?? record.partition
      if (home !== record.partition) differences.add('order', `${where}: its identity lies in partition ${home} too`)
      homes.set(uid, home)
    }
  }
  for (const raw of left.keys()) differences.add('events', `raw ${raw}: its event is missing`)
}

function checkLetters(logs: Logs, expected: ReadonlyMap<string, string>, differences: Differences): void {
  const left = new Map(expected)
  for (const record of recordsOf(logs, 'access.dlq')) {
    const { topic, partition, offset, index, reason, service, detail } = saidBy<DeadLetter>(record)
    const place = `${partition}:${offset}:${index}`
    const where = `letter of ${service} for ${topic} ${place} (${reason})`
    const due = left.get(place)
    if (topic !== 'access.raw') differences.add('letters', `${where}: nothing wrong was sent there: ${detail}`)
    else if (due === undefined)
      differences.add('letters', `${where}: ${expected.has(place) ? 'there is another of it' : 'none is due'}`)
    else if (due !== reason) differences.add('letters', `${where}: the reason is ${due}`)
    if (topic === 'access.raw') left.delete(place)
  }
  for (const [place, reason] of left) differences.add('letters', `raw ${place}: its letter (${reason}) is missing`)
}

function checkMarkers(
  logs: Logs,
  ticks: ReadonlyMap<number, number>,
  tablesId: string,
  differences: Differences,
): void {
  for (const [number, partition] of (logs.get('access.events') ?? []).entries()) {
    const left = new Map(ticks)
    let told = false
    for (const { decoded, offset } of partition) {
      if (decoded?.name !== 'Marker') {
        if (!told) differences.add('markers', `partition ${number}: events before the tables they were enriched with`)
        told = true
        continue
      }
      const { kind, time, hash } = decoded.value as { kind: string; time: number; hash: string }
      if (kind === 'tables') {
        told = true
        if (hash !== tablesId) differences.add('markers', `${number}:${offset}: tables ${hash}, not ${tablesId}`)
      }
      if (kind !== 'tick') continue
      const due = left.get(time) ?? 0
      if (due === 0) differences.add('markers', `${number}:${offset}: a tick of ${time} is one too many`)
      else if (due === 1) left.delete(time)
      else left.set(time, due - 1)
    }
    for (const [time, due] of left)
      differences.add('markers', `partition ${number}: ${due} ticks of ${time} are missing`)
  }
}
