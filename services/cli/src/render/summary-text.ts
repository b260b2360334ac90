import type { ScanSummary } from '@ostiary/runtime'
import colors from 'picocolors'

function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ' ')
}

/** A scan's numbers for a person, in a few lines. */
export function summaryText(summary: ScanSummary): string {
  const rejected = Object.entries(summary.rejected)
  const rate = summary.seconds > 0 ? Math.round(summary.records / summary.seconds) : 0
  const lines = [
    `${colors.bold(count(summary.scored + summary.late))} of ${count(summary.records)} records scored, ${count(summary.identities)} identities, ${summary.seconds.toFixed(1)} s (${count(rate)} a second)`,
    `${colors.bold(count(summary.alerts))} pages, ${count(summary.digest)} more cases in the digest`,
  ]
  if (summary.duplicates > 0) lines.push(`${count(summary.duplicates)} duplicates dropped`)
  if (summary.omitted > 0)
    lines.push(colors.yellow(`${count(summary.omitted)} cases of low scores left out of the alert lines`))
  const { written = 0, leftOut = 0 } = summary.exhibits ?? {}
  if (written > 0) lines.push(`${count(written)} exhibits`)
  if (leftOut > 0) lines.push(colors.yellow(`${count(leftOut)} exhibits found no room and are left out`))
  if (summary.filtered > 0) lines.push(`${count(summary.filtered)} filtered`)
  if (summary.late > 0) lines.push(`${count(summary.late)} came too late to teach`)
  for (const [reason, number] of rejected) lines.push(colors.yellow(`${count(number)} rejected: ${reason}`))
  const said = summary.feedback === '' ? '' : `  feedback ${summary.feedback.slice(0, 12)}`
  lines.push(
    colors.dim(
      `model ${summary.model.slice(0, 12)}  tables ${summary.tables.slice(0, 12)}  config ${summary.config.slice(0, 12)}${said}`,
    ),
  )
  return `${lines.join('\n')}\n`
}
