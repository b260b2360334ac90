import Table from 'cli-table3'

/** What something came to: its name, its state, and details in words. */
export interface StateRow {
  readonly name: string
  readonly state: string
  readonly details: string
}

const borders = 4
const detailsWidthMin = 30

/**
 * States as a table for a terminal.
 *
 * @param columns width of the terminal in characters
 * @param colours by state
 */
export function stateTable(
  head: readonly [name: string, state: string, details: string],
  rows: readonly StateRow[],
  colours: Readonly<Record<string, (text: string) => string>>,
  columns: number,
): string {
  const widthOf = (texts: readonly string[]): number => Math.max(...texts.map((text) => text.length)) + 2
  const nameWidth = widthOf([head[0], ...rows.map(({ name }) => name)])
  const stateWidth = widthOf([head[1], ...Object.keys(colours)])
  const table = new Table({
    head: [...head],
    colWidths: [nameWidth, stateWidth, Math.max(detailsWidthMin, columns - nameWidth - stateWidth - borders)],
    wordWrap: true,
    style: { head: ['bold'], border: ['gray'], compact: true },
  })
  for (const { name, state, details } of rows) table.push([name, colours[state]?.(state) ?? state, details])
  return table.toString()
}
