import { readFileSync } from 'node:fs'
import { impactTable, learningTable, severityTable, termsTable } from './scoring-tables.ts'

const page = new URL('../../docs/spec/scoring.md', import.meta.url)

const tables: Readonly<Record<string, () => string>> = {
  terms: termsTable,
  impact: impactTable,
  severity: severityTable,
  learning: learningTable,
}

/** The page `docs/spec/scoring.md`: its prose as it stands, the tables between its marks written anew. */
export function scoringPage(): string {
  const left = new Set(Object.keys(tables))
  // A check-out may have other line ends.
  const prose = readFileSync(page, 'utf8').replaceAll('\r\n', '\n')
  const text = prose.replace(/<!-- generated: (\w+) -->\n[\s\S]*?<!-- end -->/g, (_, name: string) => {
    const table = tables[name]
    if (table === undefined) throw new Error(`Cannot write table "${name}" of docs/spec/scoring.md: there is none`)
    left.delete(name)
    return `<!-- generated: ${name} -->\n${table()}\n<!-- end -->`
  })
  if (left.size > 0) throw new Error(`Cannot write docs/spec/scoring.md: it has no mark for ${[...left].join(', ')}`)
  return text
}
