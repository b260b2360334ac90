import { readFile, stat } from 'node:fs/promises'
import { OstiaryError } from '@ostiary/schemas'
import { csvRows } from '../tables/csv-rows.ts'

/** Bytes of a file of labels. */
export const labelFileBytesMax: number = 64 * 1024 * 1024

/** What is known of an event: what it was part of. */
export interface Label {
  /** The attack, or whatever is to be found; events of one label are found together. */
  readonly label: string
  /** What kind it is, such as a technique; `''` where nobody says. */
  readonly kind: string
}

/** Names of the columns, ours first; the others are those of composed traces and of `ostiary simulate`. */
const columns = {
  event: ['event_id', 'event_uid', 'eventID'],
  label: ['label', 'attack_id'],
  kind: ['kind', 'technique'],
} as const

/**
 * Reads which events belong to what is to be found: CSV with a header, or a JSON object a line.
 *
 * @returns labels by event id
 * @throws OstiaryError `input.unreadable`, or `config.invalid` for a file that holds no labels
 */
export async function loadLabels(file: string): Promise<Map<string, Label>> {
  const text = await readText(file)
  const labels = new Map<string, Label>()
  for (const row of rowsOf(file, text)) {
    const event = cellOf(row, columns.event)
    const label = cellOf(row, columns.label)
    if (event !== '' && label !== '') labels.set(event, { label, kind: cellOf(row, columns.kind) })
  }
  if (labels.size > 0) return labels
  throw new OstiaryError(
    'config.invalid',
    `Cannot use labels "${file}": no row has an event and a label. Name the columns "event_id" and "label"`,
  )
}

async function readText(file: string): Promise<string> {
  try {
    const { size } = await stat(file)
    if (size <= labelFileBytesMax) return await readFile(file, 'utf8')
  } catch (cause) {
    throw new OstiaryError('input.unreadable', `Cannot read labels "${file}": check that it exists and is readable`, {
      cause,
    })
  }
  throw new OstiaryError('config.invalid', `Cannot use labels "${file}": it has more than ${labelFileBytesMax} bytes`)
}

function rowsOf(file: string, text: string): readonly Readonly<Record<string, unknown>>[] {
  if (!text.trimStart().startsWith('{')) return csvRows(text)
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line, index) => {
      try {
        return JSON.parse(line) as Record<string, unknown>
      } catch (cause) {
        throw new OstiaryError('config.invalid', `Cannot use labels "${file}": line ${index + 1} is no JSON`, { cause })
      }
    })
}

function cellOf(row: Readonly<Record<string, unknown>>, names: readonly string[]): string {
  for (const name of names) {
    const value = row?.[name]
    if (typeof value === 'string' && value !== '') return value
  }
  return ''
}
