import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { JsonObject, Outcome, SourceId } from '@ostiary/schemas'
import type { Bearing } from './canary.ts'

/** A record of a source, invented, and what must become of it. */
export interface SourceFixture {
  readonly name: string
  readonly record: JsonObject
  readonly outcome: Outcome
}

/** What a source's README says it reads: `kept` values may show in the event, `looked at` ones only decide others. */
export type AllowList = ReadonlyMap<string, Bearing>

const besideTest = new URL('../../schemas/src/sources/', import.meta.url)
/** Compiled, this file lies one folder deeper. */
const folder = existsSync(besideTest) ? besideTest : new URL('../../../schemas/src/sources/', import.meta.url)

/** `aws.cloudtrail` lives in the folder `aws-cloudtrail`. */
function folderOf(source: SourceId): URL {
  return new URL(`${source.replaceAll('.', '-')}/`, folder)
}

/** Every fixture of a source, by name; empty when it has none. */
export function fixturesOf(source: SourceId): readonly SourceFixture[] {
  const fixtures = new URL('fixtures/', folderOf(source))
  if (!existsSync(fixtures)) return []
  return readdirSync(fixtures)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({
      ...(JSON.parse(readFileSync(new URL(file, fixtures), 'utf8')) as Omit<SourceFixture, 'name'>),
      name: file.slice(0, -'.json'.length),
    }))
}

/** The table "Fields read" of a source's README: rows of a path in backticks, and `kept` or `looked at`. */
export function allowListOf(source: SourceId): AllowList {
  const readme = new URL('README.md', folderOf(source))
  const rows = (existsSync(readme) ? readFileSync(readme, 'utf8') : '').matchAll(
    /^\| `([^`]+)` \| (kept|looked at) \|/gm,
  )
  return new Map([...rows].map((row) => [row[1]!, row[2] as Bearing]))
}

/** How a path of a record stands in an allow-list; `**` at the end of an entry stands for any path. */
export function standing(list: AllowList, path: string): Bearing | undefined {
  const exact = list.get(path)
  if (exact !== undefined) return exact
  for (const [entry, word] of list) if (entry.endsWith('**') && path.startsWith(entry.slice(0, -2))) return word
  return undefined
}
