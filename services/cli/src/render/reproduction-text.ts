import type { Reproduction } from '@ostiary/runtime'
import Table from 'cli-table3'
import colors from 'picocolors'
import { printable } from './printable.ts'

/** Characters of a value that the table shows; the JSON has all of them. */
const shownMax = 60

/** What came of computing an alert again, for a person. */
export function reproductionText({
  finding_uid,
  revision,
  same,
  exhibits,
  inputs,
  outputs,
  notes,
}: Reproduction): string {
  const of = `${finding_uid} revision ${revision}, from ${exhibits} ${exhibits === 1 ? 'exhibit' : 'exhibits'}`
  const lines = [same ? `${colors.green('the same bits')}  ${of}` : `${colors.red('differs')}  ${of}`]
  if (!same) {
    const table = new Table({ head: ['', 'what', 'recorded', 'found'], style: { head: ['bold'], border: ['gray'] } })
    for (const { what, recorded, found } of inputs) table.push(['input', what, short(recorded), short(found)])
    for (const { what, recorded, found } of outputs) table.push(['output', what, short(recorded), short(found)])
    lines.push(table.toString())
  }
  return [...lines, ...notes.map((note) => colors.dim(note))].join('\n')
}

function short(text: string): string {
  const shown = printable(text)
  return shown.length <= shownMax ? shown : `${shown.slice(0, shownMax - 1)}…`
}
