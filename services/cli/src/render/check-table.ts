import Table from 'cli-table3'
import colors from 'picocolors'
import type { CheckRow } from '../doctor/check.ts'

const stateColor: Readonly<Record<CheckRow['state'], (text: string) => string>> = {
  ok: colors.green,
  warning: colors.yellow,
  failure: colors.red,
  skipped: colors.dim,
}

const stateWidth = 9
const borders = 4
const detailWidthMin = 30

/**
 * What checks came to as a table for a terminal.
 *
 * @param columns width of the terminal in characters
 */
export function checkTable(rows: readonly CheckRow[], columns: number): string {
  const checkWidth = Math.max(...rows.map(({ check }) => check.length), 'check'.length) + 2
  const table = new Table({
    head: ['check', 'state', 'found, and what to do'],
    colWidths: [checkWidth, stateWidth, Math.max(detailWidthMin, columns - checkWidth - stateWidth - borders)],
    wordWrap: true,
    style: { head: ['bold'], border: ['gray'], compact: true },
  })
  for (const { check, state, detail } of rows) table.push([check, stateColor[state](state), detail])
  return table.toString()
}
