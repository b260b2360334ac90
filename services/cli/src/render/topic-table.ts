import type { TopicRow } from '@ostiary/runtime/kafka'
import Table from 'cli-table3'
import colors from 'picocolors'

const stateColor: Readonly<Record<TopicRow['state'], (text: string) => string>> = {
  created: colors.green,
  changed: colors.yellow,
  unchanged: colors.dim,
  differs: colors.red,
}

const stateWidth = 11
const borders = 4
const detailsWidthMin = 30

/**
 * What came of each topic as a table for a terminal.
 *
 * @param columns width of the terminal in characters
 */
export function topicTable(rows: readonly TopicRow[], columns: number): string {
  const topicWidth = Math.max(...rows.map(({ topic }) => topic.length), 'topic'.length) + 2
  const detailsWidth = Math.max(detailsWidthMin, columns - topicWidth - stateWidth - borders)
  const table = new Table({
    head: ['topic', 'state', 'details'],
    colWidths: [topicWidth, stateWidth, detailsWidth],
    wordWrap: true,
    style: { head: ['bold'], border: ['gray'], compact: true },
  })
  for (const { topic, state, details } of rows) table.push([topic, stateColor[state](state), details.join('\n')])
  return table.toString()
}
