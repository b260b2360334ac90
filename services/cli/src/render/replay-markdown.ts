import type { Replay } from '@ostiary/runtime'
import { replaySections, replayTitle } from './replay-sections.ts'

/** A replay as Markdown. */
export function replayMarkdown(done: Replay): string {
  const lines = ['# Replay', '', `${replayTitle(done)}.`]
  for (const { title, text, head, rows } of replaySections(done)) {
    lines.push('', `## ${title}`, '', text.join('\n\n'))
    if (rows.length === 0) continue
    lines.push('', row(head), `|${'---|'.repeat(head.length)}`, ...rows.map(row))
  }
  return `${lines.join('\n').replaceAll('\n\n\n', '\n\n')}\n`
}

function row(cells: readonly string[]): string {
  return `| ${cells.map(cellText).join(' | ')} |`
}

/** What a cell must not end, and what Markdown would take for HTML. */
function cellText(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ')
}
