import type { Replay } from '@ostiary/runtime'
import Table from 'cli-table3'
import colors from 'picocolors'
import { replaySections, replayTitle } from './replay-sections.ts'

/** Rows of a table on a terminal. */
const terminalRowsMax = 20

/** A replay for a person at a terminal. */
export function replayText(done: Replay): string {
  const parts = [colors.bold(replayTitle(done))]
  for (const { title, text, head, rows } of replaySections(done)) {
    parts.push('', colors.bold(title), ...text)
    if (rows.length === 0) continue
    const table = new Table({ head: [...head], style: { head: ['bold'], border: ['gray'], compact: true } })
    for (const row of rows.slice(0, terminalRowsMax)) table.push([...row])
    parts.push(table.toString())
    if (rows.length > terminalRowsMax)
      parts.push(colors.dim(`and ${rows.length - terminalRowsMax} more: --report FILE.html, or a pipe, has them`))
  }
  return parts.join('\n')
}

/** A replay as objects, one a line: every change, attack, day and shift, and the summary at the end. */
export function* replayLines(done: Replay): Generator<object> {
  const { comparison, shifts, attacks, runs, ...summary } = done
  for (const change of comparison?.changes ?? []) yield { kind: 'case', ...change }
  for (const { label, kind, events, found } of attacks) yield { kind: 'attack', label, of: kind, events, found }
  for (const { name, days } of runs) for (const day of days) yield { kind: 'day', run: name, ...day }
  for (const shift of shifts) yield { kind: 'shift', ...shift }
  const { changes: _, ...counts } = comparison ?? { changes: [] }
  yield {
    kind: 'summary',
    ...summary,
    ...(comparison === undefined ? {} : { comparison: counts }),
    runs: runs.map(({ days: _days, ...run }) => run),
  }
}
