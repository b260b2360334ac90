import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { simulate } from '@ostiary/runtime'
import { dataFile } from './data-folder.ts'
import { readJsonLines } from './read-json-lines.ts'

/** Records to measure with: as a gzipped file, and each as the bytes it has there. */
export interface SpeedCorpus {
  readonly name: string
  readonly path: string
  readonly records: readonly Buffer[]
}

/** As CloudTrail has it, as far as it is touched here. */
type TrailRecord = Record<string, unknown> & { readonly eventTime: string }

/** Lines that are compressed together: one member of the file. */
const memberLines = 20_000

/** The busy hour of one account again and again, with ids of its own and an hour later each time. */
export async function repeatedHour(folder: string, count: number): Promise<SpeedCorpus | undefined> {
  const path = dataFile('invictus-aws/background.ndjson.gz')
  if (path === undefined) return undefined
  const hour: TrailRecord[] = []
  for await (const record of readJsonLines(path)) hour.push(record as TrailRecord)
  const times = hour.map((record) => Date.parse(record.eventTime))
  const spanMs = Math.max(...times) - Math.min(...times) + 1000
  const lines: string[] = []
  for (let pass = 0; lines.length < count; pass++)
    for (const [index, record] of hour.slice(0, count - lines.length).entries())
      lines.push(
        JSON.stringify({ ...record, eventID: randomUUID(), eventTime: timeText(times[index]! + pass * spanMs) }),
      )
  return written(folder, 'invictus-repeated', lines)
}

/** A composed organisation's records as they are, the first so many. */
export async function composedTrace(folder: string, count: number): Promise<SpeedCorpus | undefined> {
  const path = dataFile('composed/dev21.ndjson.gz')
  if (path === undefined) return undefined
  const lines: string[] = []
  for await (const record of readJsonLines(path)) {
    if (lines.length >= count) break
    lines.push(JSON.stringify(record))
  }
  return written(folder, 'composed-dev21', lines)
}

/** The product's own invented organisation, for where there is no data. */
export async function simulatedTrace(folder: string, count: number): Promise<SpeedCorpus> {
  const lines: string[] = []
  for (const { record } of simulate({ seed: 1, days: 3660, startMs: Date.UTC(2026, 0, 5), attacks: false })) {
    if (lines.length >= count) break
    lines.push(JSON.stringify(record))
  }
  return written(folder, 'simulated', lines)
}

function timeText(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19)}Z`
}

async function written(folder: string, name: string, lines: readonly string[]): Promise<SpeedCorpus> {
  const path = join(folder, `${name}.ndjson.gz`)
  const members: Buffer[] = []
  for (let at = 0; at < lines.length; at += memberLines)
    members.push(gzipSync(`${lines.slice(at, at + memberLines).join('\n')}\n`))
  await writeFile(path, Buffer.concat(members))
  return { name, path, records: lines.map((line) => Buffer.from(line)) }
}
