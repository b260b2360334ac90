import { createReadStream, readdirSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import { normaliseRecord, type Outcome } from '@ostiary/schemas'

/** What became of the records of one file. */
export interface FileCount {
  /** From the data folder. */
  readonly path: string
  lines: number
  records: number
  /** Number of events by source. */
  readonly normalised: Map<string, number>
  readonly filtered: Map<string, number>
  readonly rejected: Map<string, number>
}

/** The data folder's files of one JSON value a line, plain or compressed, by their paths from it. */
export function dataFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => /\.ndjson(\.gz)?$/.test(path))
    .sort()
}

function count(counts: Map<string, number>, word: string): void {
  counts.set(word, (counts.get(word) ?? 0) + 1)
}

/** Test events of detection rules come with their rule or scenario; the log record is their member `event`. */
function recordOf(parsed: unknown): unknown {
  if (parsed === null || typeof parsed !== 'object' || !('event' in parsed)) return parsed
  return 'rule' in parsed || 'scenario' in parsed ? parsed.event : parsed
}

/** Reads a file through the sources. */
export async function countFile(folder: string, path: string): Promise<FileCount> {
  const counted: FileCount = {
    path,
    lines: 0,
    records: 0,
    normalised: new Map(),
    filtered: new Map(),
    rejected: new Map(),
  }
  const emit = (outcome: Outcome): void => {
    counted.records += 1
    if (outcome.kind === 'event') count(counted.normalised, outcome.event.source)
    else count(outcome.kind === 'filtered' ? counted.filtered : counted.rejected, outcome.reason)
  }
  const bytes = createReadStream(`${folder}/${path}`)
  const input = path.endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line === '') continue
    counted.lines += 1
    normaliseRecord(recordOf(JSON.parse(line)), emit)
  }
  return counted
}

function total(counts: ReadonlyMap<string, number>): number {
  let sum = 0
  for (const value of counts.values()) sum += value
  return sum
}

/** `12: source.unsupported 10, record.missing_field 2`, most frequent first. */
function cell(counts: ReadonlyMap<string, number>): string {
  const words = [...counts].sort((one, other) => other[1] - one[1] || (one[0] < other[0] ? -1 : 1))
  if (words.length === 0) return '0'
  const listed = words.map(([word, value]) => `${word} ${value}`).join(', ')
  return words.length === 1 ? listed : `${total(counts)}: ${listed}`
}

function row({ path, lines, records, normalised, filtered, rejected }: FileCount): string {
  return `| ${path} | ${lines} | ${records} | ${cell(normalised)} | ${cell(filtered)} | ${cell(rejected)} |`
}

function merged(maps: readonly ReadonlyMap<string, number>[]): Map<string, number> {
  const sum = new Map<string, number>()
  for (const map of maps) for (const [word, value] of map) sum.set(word, (sum.get(word) ?? 0) + value)
  return sum
}

/** The page `docs/spec/sources.md`. */
export function sourcesPage(counts: readonly FileCount[]): string {
  const all: FileCount = {
    path: 'all',
    lines: counts.reduce((sum, one) => sum + one.lines, 0),
    records: counts.reduce((sum, one) => sum + one.records, 0),
    normalised: merged(counts.map((one) => one.normalised)),
    filtered: merged(counts.map((one) => one.filtered)),
    rejected: merged(counts.map((one) => one.rejected)),
  }
  return `# Sources, measured

What becomes of every record of the test data when it is read without being told its format. The page is written by
\`npx vitest run test/conformance/sources-page.test.ts --update\` and compared by the same test, wherever the data is:
in the folder that \`OSTIARY_DATA\` names, else \`../shared/data\`.

A *line* is one JSON value; a *record* is what lies in it once it is out of its envelopes. Each record has exactly one
outcome: an event of a source, filtered, or rejected with a reason. Of test events of detection rules (panther-analysis,
streamalert) the record is the member \`event\`; most of what is rejected there belongs to formats that Ostiary does not read
(Google Workspace, Kubernetes, Okta, GitHub, Duo), or was cut by hand to the fields that a rule needs.

| File | Lines | Records | Normalised | Filtered | Rejected |
|---|---|---|---|---|---|
${counts.map(row).join('\n')}
${row(all)}

Which fields a source reads is told in its README, beside the source, and held to its fixtures by
\`test/conformance/sources.test.ts\`.
`
}
