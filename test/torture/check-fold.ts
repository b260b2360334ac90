import {
  CensusDay,
  CensusTable,
  createCensusOffice,
  createDesk,
  createPartition,
  Feedback,
  jsonEntry,
  type PartitionInput,
  type ScoringModel,
  scoringModelOf,
} from '@ostiary/models'
import { alertLineOf, unpackArtefact } from '@ostiary/runtime'
import {
  type AccessEvent,
  type ArtefactPiece,
  alertSchema,
  type CensusSums,
  type Exhibit,
  exhibitSchema,
  type Finding,
  findingSchema,
  type Marker,
} from '@ostiary/schemas'
import avro from 'avsc'
import { addTo, type Differences } from './differences.ts'
import type { LawSetting } from './laws.ts'
import { bodyOf, type LogRecord, type Logs, recordsOf, saidBy } from './log-record.ts'

const findingType = avro.Type.forSchema(findingSchema as never)
const exhibitType = avro.Type.forSchema(exhibitSchema as never)
const alertType = avro.Type.forSchema(alertSchema as never)

/** What the local operators make of the partitions of `access.events`. Findings and exhibits by identity, sums by partition. */
interface Folded {
  readonly findings: Map<string, Buffer[]>
  readonly exhibits: Map<string, Buffer[]>
  readonly sums: Map<string, Buffer[]>
}

/** The local operators over each partition of `access.events` give, key by key and byte for byte, what the detectors wrote. */
export function checkDetector(logs: Logs, setting: LawSetting, differences: Differences): void {
  const named = bodiesOf(logs, setting, differences)
  const folded: Folded = { findings: new Map(), exhibits: new Map(), sums: new Map() }
  for (const [partition, records] of (logs.get('access.events') ?? []).entries())
    foldPartition(partition, records, named, setting, folded, differences)
  differences.compareGroups('findings', folded.findings, findingsByIdentity(logs))
  differences.compareGroups('exhibits', folded.exhibits, groupsOf(recordsOf(logs, 'access.exhibits'), identityOf))
  differences.compareGroups('census sums', folded.sums, wholeSums(logs))
}

function identityOf({ decoded }: LogRecord): string {
  return (decoded!.value as { identity_uid: string }).identity_uid
}

/** The findings of each identity, in order. */
export function findingsByIdentity(logs: Logs): Map<string, Buffer[]> {
  return groupsOf(recordsOf(logs, 'access.findings'), identityOf)
}

function groupsOf(records: readonly LogRecord[], keyOf: (record: LogRecord) => string): Map<string, Buffer[]> {
  const groups = new Map<string, Buffer[]>()
  for (const record of records) addTo(groups, keyOf(record), bodyOf(record))
  return groups
}

function foldPartition(
  partition: number,
  records: readonly LogRecord[],
  named: NamedBodies,
  { config, model, codeVersion }: LawSetting,
  folded: Folded,
  differences: Differences,
): void {
  const setting = { model, tablesId: '', codeVersion, scores: false, exhibits: true }
  const operator = createPartition(config.detector, setting)
  const state = operator.init()
  for (const record of records) {
    const input = inputOf(record, named)
    if (input === undefined) {
      differences.add('findings', `${partition}:${record.offset}: it is no event, and no marker whose body is there`)
      continue
    }
    for (const output of operator.step(state, input)) {
      if (output.kind === 'finding')
        addTo(folded.findings, output.finding.identity_uid, findingType.toBuffer(output.finding))
      else if (output.kind === 'exhibit') {
        const { state: bytes, case_before } = output.exhibit
        const exhibit = { ...output.exhibit, state: Buffer.from(bytes), case_before: Buffer.from(case_before) }
        addTo(folded.exhibits, exhibit.identity_uid, exhibitType.toBuffer(exhibit))
      } else if (output.kind === 'census_day')
        addTo(folded.sums, String(partition), daySums(output.day, Buffer.from(jsonEntry(output.sums.toJson()))))
    }
  }
}

function inputOf({ decoded }: LogRecord, named: NamedBodies): PartitionInput | undefined {
  if (decoded === undefined) return undefined
  if (decoded.name === 'AccessEvent') return { kind: 'event', event: decoded.value as AccessEvent }
  const { kind, time, hash, epoch } = decoded.value as Marker
  if (kind === 'tick') return { kind: 'tick', timeMs: time }
  if (kind === 'tables') return { kind: 'tables', id: hash }
  if (kind === 'feedback') {
    const feedback = named.feedback.get(hash)
    return feedback && { kind, feedback }
  }
  if (kind === 'model' || kind === 'shadow') {
    const model = named.models.get(hash)
    return hash === '' || model !== undefined ? { kind, model } : undefined
  }
  const table = named.tables.get(hash)
  return table && { kind, table, epoch }
}

function daySums(day: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`day ${day}: `, 'utf8'), body])
}

/** The reports as they were written, put together where they came in pieces. */
function wholeSums(logs: Logs): Map<string, Buffer[]> {
  const groups = new Map<string, Buffer[]>()
  for (const { partition, day, body } of reportsOf(logs)) addTo(groups, String(partition), daySums(day, body))
  return groups
}

interface Report extends Pick<CensusSums, 'partition' | 'partitions' | 'day'> {
  readonly body: Buffer
}

/** Reports of days in the order in which they became whole. */
function reportsOf(logs: Logs): Report[] {
  const reports: Report[] = []
  const begun = new Map<number, Buffer[]>()
  for (const { decoded } of recordsOf(logs, 'access.census')) {
    const { partition, partitions, day, piece, pieces, body } = decoded!.value as CensusSums
    const held = piece === 0 ? [] : (begun.get(partition) ?? [])
    held.push(Buffer.from(body))
    begun.set(partition, held)
    if (piece === pieces - 1) reports.push({ partition, partitions, day, body: Buffer.concat(held) })
  }
  return reports
}

/** What markers and findings name by hash. */
interface NamedBodies {
  readonly tables: ReadonlyMap<string, CensusTable>
  readonly models: ReadonlyMap<string, ScoringModel>
  readonly feedback: ReadonlyMap<string, Feedback>
}

/** The bodies that lie whole in `access.artefacts` and are true to their hash, and those that need none. */
function bodiesOf(logs: Logs, { model }: LawSetting, differences: Differences): NamedBodies {
  const pieces = new Map<string, Uint8Array[]>()
  for (const { decoded } of recordsOf(logs, 'access.artefacts')) {
    if (decoded === undefined) continue
    const { kind, hash, piece, body } = decoded.value as ArtefactPiece
    const held = pieces.get(`${kind} ${hash}`) ?? []
    held[piece] = body
    pieces.set(`${kind} ${hash}`, held)
  }
  const tables = new Map([[model.census.id, model.census]])
  const models = new Map([[model.id, model]])
  const feedback = new Map([['', Feedback.none]])
  for (const [name, held] of pieces) {
    const [kind, hash] = name.split(' ') as [ArtefactPiece['kind'], string]
    const body = Buffer.concat(held)
    const keep = <Body extends { readonly id: string }>(into: Map<string, Body>, one: Body): void => {
      if (one.id === hash) into.set(hash, one)
      else differences.add('bodies', `that of ${kind} ${hash} has hash ${one.id}`)
    }
    if (kind === 'census') keep(tables, CensusTable.fromJson(JSON.parse(body.toString('utf8'))))
    else if (kind === 'model') keep(models, scoringModelOf(unpackArtefact(body)))
    else if (kind === 'feedback') keep(feedback, Feedback.parse(body.toString('utf8')))
  }
  return { tables, models, feedback }
}

/** The census over the reported days gives the tables that were put in force, in every partition alike. */
export function checkCensus(logs: Logs, { model }: LawSetting, differences: Differences): void {
  const office = createCensusOffice(model.census)
  const state = office.init()
  const due: string[] = []
  for (const { partition, partitions, day, body } of reportsOf(logs)) {
    const sums = CensusDay.fromJson(JSON.parse(body.toString('utf8')))
    for (const { table, epoch } of office.step(state, { partition, partitions, day, sums }))
      due.push(`epoch ${epoch}: ${table.id}`)
  }
  for (const [number, partition] of (logs.get('access.events') ?? []).entries()) {
    const markers = partition
      .filter(({ decoded }) => decoded?.name === 'Marker')
      .map(({ decoded }) => decoded!.value as Marker)
      .filter(({ kind }) => kind === 'census')
      .map(({ hash, epoch }) => `epoch ${epoch}: ${hash}`)
    const bytes = (lines: readonly string[]): Buffer[] => lines.map((line) => Buffer.from(line, 'utf8'))
    differences.compareLists('census', `markers of partition ${number}`, bytes(due), bytes(markers))
  }
}

/** The desk over `access.findings` gives `access.alerts` and, line by line, `access.alerts.ocsf`. */
export function checkDesk(logs: Logs, setting: LawSetting, differences: Differences): void {
  const { config, model, codeVersion } = setting
  const named = bodiesOf(logs, setting, differences)
  const { alertsPerDay } = config
  const pageBits = model.pageBits(alertsPerDay)
  const desk = createDesk({ alertsPerDay, pageBits, casesMax: config.detector.openCasesMax })
  const state = desk.init()
  const line = alertLineOf({ format: 'ocsf', productVersion: codeVersion })
  const alerts: Buffer[] = []
  const lines: Buffer[] = []
  for (const record of recordsOf(logs, 'access.findings')) {
    const finding = saidBy<Finding>(record)
    const scoredBy = named.models.get(finding.model)
    const { suppressions } = named.feedback.get(finding.feedback) ?? Feedback.none
    const input = { finding, pageBits: scoredBy?.pageBits(alertsPerDay) ?? pageBits, suppressions }
    for (const alert of desk.step(state, input)) {
      alerts.push(alertType.toBuffer(alert))
      lines.push(Buffer.from(line(alert), 'utf8'))
    }
  }
  const written = recordsOf(logs, 'access.alerts')
  differences.compareLists('alerts', 'access.alerts', alerts, written.map(bodyOf))
  const writtenLines = recordsOf(logs, 'access.alerts.ocsf').map(({ value }) => value ?? Buffer.alloc(0))
  differences.compareLists('alerts', 'access.alerts.ocsf', lines, writtenLines)
}

/** Each revision of a finding lies in each topic exactly once. */
export function checkOnce(logs: Logs, differences: Differences): void {
  const due = revisionsIn(logs, 'access.findings', differences)
  for (const topic of ['access.alerts', 'access.alerts.ocsf'] as const) {
    const found = revisionsIn(logs, topic, differences)
    for (const name of due) if (!found.has(name)) differences.add('once', `${topic}: ${name} is missing`)
    for (const name of found) if (!due.has(name)) differences.add('once', `${topic}: ${name} is in no finding`)
  }
  revisionsIn(logs, 'access.exhibits', differences)
}

type RevisionTopic = 'access.findings' | 'access.exhibits' | 'access.alerts' | 'access.alerts.ocsf'

function revisionsIn(logs: Logs, topic: RevisionTopic, differences: Differences): Set<string> {
  const seen = new Set<string>()
  for (const record of recordsOf(logs, topic)) {
    const name = topic === 'access.alerts.ocsf' ? revisionOfLine(record) : revisionOf(record) + changeOf(record)
    if (seen.has(name)) differences.add('once', `${topic} at offset ${record.offset}: ${name} once more`)
    seen.add(name)
  }
  return seen
}

function revisionOf({ decoded }: LogRecord): string {
  const { finding_uid, revision } = decoded!.value as Pick<Finding, 'finding_uid' | 'revision'>
  return `${finding_uid} revision ${revision}`
}

/** An exhibit is of an event, and of a close; several events may come between two revisions. */
function changeOf({ decoded }: LogRecord): string {
  const { activity, event } = decoded!.value as Partial<Exhibit>
  return event === undefined ? '' : `, ${activity} ${event.event_uid}`
}

function revisionOfLine({ value }: LogRecord): string {
  const { finding_info, unmapped } = JSON.parse(value!.toString('utf8')) as {
    finding_info: { uid: string }
    unmapped: { ostiary: { revision: number } }
  }
  return `${finding_info.uid} revision ${unmapped.ostiary.revision}`
}
