import { readFile, stat } from 'node:fs/promises'
import { extname } from 'node:path'
import type { Context } from '@ostiary/models'
import { OstiaryError } from '@ostiary/schemas'
import { parse as parseYaml } from 'yaml'
import { z } from 'zod'
import { contextFileSchema, listByColumn } from './context-schema.ts'
import { csvRows } from './csv-rows.ts'

/** Bytes of one context file. */
export const contextFileBytesMax: number = 64 * 1024 * 1024

/**
 * Reads the user's own knowledge: teams, zones and privileges of identities, criticality of assets, indicators. Each file
 * is JSON, YAML (`identities`, `assets`, `indicators`) or CSV (one list, told by its columns); lists of several files are
 * joined in the order of the files. See docs/spec/enrichment.md.
 *
 * @throws OstiaryError `input.unreadable`, or `config.invalid` with file, row and key
 */
export async function loadContext(files: readonly string[]): Promise<Context> {
  const parts = await Promise.all(files.map(loadContextFile))
  return {
    identities: parts.flatMap((part) => part.identities),
    assets: parts.flatMap((part) => part.assets),
    indicators: parts.flatMap((part) => part.indicators),
  }
}

async function loadContextFile(file: string): Promise<Context> {
  const parsed = contextFileSchema.safeParse(parseText(file, await readText(file)))
  if (parsed.success) return parsed.data
  throw new OstiaryError('config.invalid', `Cannot use context file "${file}": ${z.prettifyError(parsed.error)}`)
}

async function readText(file: string): Promise<string> {
  try {
    const { size } = await stat(file)
    if (size > contextFileBytesMax) {
      throw new OstiaryError(
        'config.invalid',
        `Cannot use context file "${file}": it has ${size} bytes, more than ${contextFileBytesMax}; split it`,
      )
    }
    return await readFile(file, 'utf8')
  } catch (cause) {
    if (cause instanceof OstiaryError) throw cause
    throw new OstiaryError(
      'input.unreadable',
      `Cannot read context file "${file}": check that it exists and is readable`,
      {
        cause,
      },
    )
  }
}

function parseText(file: string, text: string): unknown {
  try {
    switch (extname(file).toLowerCase()) {
      case '.csv':
        return fromCsv(file, text)
      case '.json':
        return JSON.parse(text)
      case '.yaml':
      case '.yml':
        // An empty document is an empty context; aliases are bounded against documents that unfold without end.
        return parseYaml(text, { maxAliasCount: 100 }) ?? {}
      default:
        throw new OstiaryError(
          'config.invalid',
          `Cannot use context file "${file}": name it .json, .yaml, .yml or .csv for what it is`,
        )
    }
  } catch (cause) {
    if (cause instanceof OstiaryError) throw cause
    const what = cause instanceof Error ? cause.message : String(cause)
    throw new OstiaryError('config.invalid', `Cannot parse context file "${file}": ${what}`, { cause })
  }
}

function fromCsv(file: string, text: string): unknown {
  const rows = csvRows(text)
  const first = rows[0]
  if (first === undefined) return {}
  const columns = new Set(rows.flatMap((row) => Object.keys(row)))
  const list = Object.entries(listByColumn).find(([column]) => columns.has(column))?.[1]
  if (list === undefined) {
    throw new OstiaryError(
      'config.invalid',
      `Cannot use context file "${file}": its first row must name a column "match", "pattern" or "value"`,
    )
  }
  return { [list]: rows.map(withNumbers) }
}

/** CSV knows text only; criticality is the one number. */
function withNumbers(row: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> {
  const criticality = row['criticality']
  return criticality === undefined ? row : { ...row, criticality: Number(criticality) }
}
