import Table from 'cli-table3'
import { printable } from './printable.ts'

type Row = Readonly<Record<string, unknown>>

/** Rows as a table of some columns on a terminal, and whole as lines of JSON elsewhere. */
export function rowsTable(rows: readonly Row[], columns: readonly string[]): string {
  if (!process.stdout.isTTY) return rows.map((row) => `${JSON.stringify(row)}\n`).join('')
  const table = new Table({ head: [...columns], style: { head: [], border: [] } })
  for (const row of printable(rows)) table.push(columns.map((column) => String(row[column] ?? '')))
  return `${table.toString()}\n`
}
