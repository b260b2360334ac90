import { OstiaryError } from '@ostiary/schemas'

/**
 * Rows of a CSV text (RFC 4180: quotes, doubled quotes, line breaks inside quotes, CRLF or LF) as objects named by its
 * first row. Empty cells are left out, lines that hold nothing or begin with `#` are skipped.
 *
 * @throws OstiaryError `config.invalid` with the row's number
 */
export function csvRows(text: string): readonly Readonly<Record<string, string>>[] {
  const [header, ...rows] = csvCells(text).filter(
    (cells) => cells.some((cell) => cell !== '') && !cells[0]?.startsWith('#'),
  )
  if (header === undefined) return []
  return rows.map((cells, at) => {
    if (cells.length > header.length) {
      throw new OstiaryError(
        'config.invalid',
        `Cannot read CSV row ${at + 2}: it has ${cells.length} cells, not ${header.length}`,
      )
    }
    const row: Record<string, string> = {}
    header.forEach((name, column) => {
      const cell = cells[column] ?? ''
      if (cell !== '') row[name] = cell
    })
    return row
  })
}

function csvCells(text: string): readonly (readonly string[])[] {
  const rows: string[][] = []
  let row: string[] = []
  let cell = ''
  let isQuoted = false
  const endCell = (): void => {
    row.push(cell.trim())
    cell = ''
  }
  for (let at = text.startsWith('\uFEFF') ? 1 : 0; at < text.length; at += 1) {
    const letter = text[at] as string
    if (isQuoted) {
      if (letter !== '"') cell += letter
      else if (text[at + 1] === '"') {
        cell += '"'
        at += 1
      } else isQuoted = false
    } else if (letter === '"' && cell.trim() === '') {
      cell = ''
      isQuoted = true
    } else if (letter === ',') endCell()
    else if (letter === '\n') {
      endCell()
      rows.push(row)
      row = []
    } else if (letter !== '\r') cell += letter
  }
  if (isQuoted) throw new OstiaryError('config.invalid', 'Cannot read CSV: a quote is not closed')
  if (cell !== '' || row.length > 0) {
    endCell()
    rows.push(row)
  }
  return rows
}
