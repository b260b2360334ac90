import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { CensusTable } from '@ostiary/models'
import { OstiaryError, textSha256 } from '@ostiary/schemas'
import { unwritable } from '../files/write-atomically.ts'

/** Bytes that a table may unfold to. */
const tableBytesMax = 256 * 1024 * 1024

/** The folder beside a file of exhibits in which the census tables lie that they name. */
export function censusFolderOf(exhibits: string): string {
  return `${exhibits}.census`
}

/**
 * Puts a table into a folder under its hash; one that is there stays.
 *
 * @throws OstiaryError `output.unwritable`
 */
export function keepCensus(folder: string, table: CensusTable): void {
  const file = fileOf(folder, table.id)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    if (existsSync(file)) return
    const draft = `${file}.part`
    writeFileSync(draft, gzipSync(Buffer.from(table.canonicalText(), 'utf8')), { mode: 0o600 })
    renameSync(draft, file)
  } catch (cause) {
    throw unwritable(file, cause)
  }
}

/**
 * The table of a hash; `undefined` where none of the folders has it.
 *
 * @throws OstiaryError `table.invalid` where what lies under the hash is damaged
 */
export function keptCensus(folders: readonly string[], hash: string): CensusTable | undefined {
  const file = folders.map((folder) => fileOf(folder, hash)).find((path) => existsSync(path))
  if (file === undefined) return undefined
  try {
    const text = gunzipSync(readFileSync(file), { maxOutputLength: tableBytesMax }).toString('utf8')
    const found = textSha256(text)
    if (found !== hash) throw new TypeError(`its hash is ${found}`)
    return CensusTable.fromJson(JSON.parse(text), hash)
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause)
    throw new OstiaryError(
      'table.invalid',
      `Cannot use census table "${file}": ${detail}. Restore it from a copy, or reproduce the scan that wrote it`,
      { cause },
    )
  }
}

/** A hash comes from a file that anybody may have written, so it names no other place. */
function fileOf(folder: string, hash: string): string {
  if (!/^[0-9a-f]{64}$/.test(hash)) return join(folder, 'none')
  return join(folder, `${hash}.json.gz`)
}
