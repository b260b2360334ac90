import { existsSync, readFileSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { OstiaryError } from '@ostiary/schemas'
import { readCsv } from './read-csv.ts'
import { readJsonLines } from './read-json-lines.ts'

/** What a label says of an attack, by column. */
export type AttackInfo = Readonly<Record<string, string>>

/** A time in which something harmless and unusual went on with an identity. */
export interface HardNegative {
  readonly kind: string
  /** RFC 3339; `end` is not part of it. */
  readonly start: string
  readonly end: string
}

/** One event that counts, as the evaluator sees it. */
export interface LabelledEvent {
  readonly id: string
  /** RFC 3339. */
  readonly time: string
  readonly identity: string
  /** `service:operation`. */
  readonly api: string
  /** Empty for a benign event. */
  readonly attack: string
}

/**
 * The truth about a trace. Read by the evaluator from the records and labels themselves, with nothing of the product, so
 * that neither knows of the other; no part of it may reach a detector.
 */
export interface LabelledTrace {
  /** Events that count, in order of the file; the first of each id. */
  readonly events: readonly LabelledEvent[]
  /** CRC-32 of each event's id: who goes first among equal scores. */
  readonly tieBreaks: readonly number[]
  /** Identities of the whole trace, without those of AWS itself. */
  readonly identities: number
  /** Days that count. */
  readonly days: number
  /** By attack. */
  readonly attacks: ReadonlyMap<string, AttackInfo>
  /** By identity. */
  readonly hardNegatives: ReadonlyMap<string, readonly HardNegative[]>
}

interface TraceMeta {
  readonly scored_from: string
  readonly days?: number
  readonly burn?: number
}

interface TraceRecord {
  readonly eventID: string
  readonly eventTime: string
  readonly eventSource: string
  readonly eventName: string
  readonly userIdentity?: {
    readonly type?: string
    readonly arn?: string
    readonly invokedBy?: string
    readonly principalId?: string
    readonly sessionContext?: { readonly sessionIssuer?: { readonly arn?: string } }
  } | null
}

/** From when on a trace's events count, RFC 3339: what its `.meta.json` says. */
export function scoredFromOf(tracePath: string): string {
  return metaOf(tracePath).scored_from
}

function metaOf(tracePath: string): TraceMeta {
  const path = tracePath.replace('.ndjson.gz', '.meta.json')
  if (!existsSync(path))
    throw new OstiaryError('input.unreadable', `Cannot evaluate "${tracePath}": there is no "${path}" beside it`)
  return JSON.parse(readFileSync(path, 'utf8')) as TraceMeta
}

/** The identity by which events are grouped: the role of an assumed role, else whoever the record names. */
function identityOf({ userIdentity }: TraceRecord): string {
  const issuer = userIdentity?.type === 'AssumedRole' ? userIdentity.sessionContext?.sessionIssuer?.arn : undefined
  return issuer || userIdentity?.arn || userIdentity?.invokedBy || userIdentity?.principalId || '?'
}

/** Reads `devNN.ndjson.gz` with the labels, hard negatives and facts beside it. */
export async function readLabelledTrace(tracePath: string): Promise<LabelledTrace> {
  const meta = metaOf(tracePath)
  const labels = new Map(rowsBeside(tracePath, '.labels.csv').map((row) => [row['eventID']!, row]))
  const attacks = new Map<string, AttackInfo>()
  for (const row of labels.values()) if (!attacks.has(row['attack_id']!)) attacks.set(row['attack_id']!, row)
  const seen = new Set<string>()
  const identities = new Set<string>()
  const days = new Set<string>()
  const events: LabelledEvent[] = []
  for await (const value of readJsonLines(tracePath)) {
    const record = value as TraceRecord
    const identity = identityOf(record)
    if (record.userIdentity?.type !== 'AWSService') identities.add(identity)
    if (record.eventTime < meta.scored_from || seen.has(record.eventID)) continue
    seen.add(record.eventID)
    days.add(record.eventTime.slice(0, 10))
    events.push({
      id: record.eventID,
      time: record.eventTime,
      identity,
      api: `${record.eventSource}:${record.eventName}`,
      attack: labels.get(record.eventID)?.['attack_id'] ?? '',
    })
  }
  return labelledTrace(events, attacks, {
    identities: identities.size,
    days: (meta.days ?? 0) - (meta.burn ?? 0) || days.size,
    hardNegatives: hardNegativesOf(rowsBeside(tracePath, '.hardneg.csv')),
  })
}

function rowsBeside(tracePath: string, ending: string): AttackInfo[] {
  const path = tracePath.replace('.ndjson.gz', ending)
  return existsSync(path) ? readCsv(readFileSync(path, 'utf8')) : []
}

function hardNegativesOf(rows: readonly AttackInfo[]): Map<string, HardNegative[]> {
  const byIdentity = new Map<string, HardNegative[]>()
  for (const row of rows) {
    const one = { kind: row['kind']!, start: row['start']!, end: row['end']! }
    byIdentity.set(row['identity']!, [...(byIdentity.get(row['identity']!) ?? []), one])
  }
  return byIdentity
}

/** A trace from its parts; only attacks with an event that counts are part of it. */
export function labelledTrace(
  events: readonly LabelledEvent[],
  attacks: ReadonlyMap<string, AttackInfo>,
  rest: Pick<LabelledTrace, 'identities' | 'days' | 'hardNegatives'>,
): LabelledTrace {
  const present = [...new Set(events.map((event) => event.attack))].filter((id) => id !== '').sort()
  return {
    ...rest,
    events,
    tieBreaks: events.map((event) => crc32(event.id)),
    attacks: new Map(present.map((id) => [id, attacks.get(id)!])),
  }
}

/** What harmless things went on with an identity in an hour (`2026-03-24T15`). */
export function kindsAt(trace: LabelledTrace, identity: string, hour: string): Set<string> {
  const all = trace.hardNegatives.get(identity) ?? []
  return new Set(
    all.filter(({ start, end }) => start.slice(0, 13) <= hour && hour < end.slice(0, 13)).map(({ kind }) => kind),
  )
}
