/** Rows of a CSV text with a header, by column; fields may stand in quotes, but hold no line break. */
export function readCsv(text: string): Readonly<Record<string, string>>[] {
  const [header, ...lines] = text.split(/\r?\n/).filter((line) => line !== '')
  if (header === undefined) return []
  const columns = fieldsOf(header)
  return lines.map((line) => {
    const values = fieldsOf(line)
    return Object.fromEntries(columns.map((column, index) => [column, values[index] ?? '']))
  })
}

function fieldsOf(line: string): string[] {
  // With a comma before every field, none is found by nothing at all.
  return [...`,${line}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  )
}
