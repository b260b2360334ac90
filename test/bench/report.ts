/** Rows of cells as aligned text: the first column to the left, the others to the right. The first row is the head. */
export function textTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map((row) =>
    widths
      .map((width, column) => {
        const cell = row[column] ?? ''
        return column === 0 ? cell.padEnd(width) : cell.padStart(width)
      })
      .join('  ')
      .trimEnd(),
  )
  return `${[lines[0] ?? '', widths.map((width) => '-'.repeat(width)).join('  '), ...lines.slice(1)].join('\n')}\n`
}

/** Words for whoever watches: on the terminal, or on standard error where standard output is for programs. */
export function tell(text: string): void {
  if (process.stdout.isTTY) process.stdout.write(text)
  else process.stderr.write(text)
}

/** Digits that mean something: a bench is never better than that. */
const significantDigits = 6

/** One line of JSON, where standard output is for programs. */
export function record(value: object): void {
  if (!process.stdout.isTTY) process.stdout.write(`${JSON.stringify(value, shortened)}\n`)
}

function shortened(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(significantDigits)) : value
}
