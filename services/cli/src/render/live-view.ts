import { severities } from '@ostiary/models'
import type { Alert } from '@ostiary/schemas'
import colors from 'picocolors'
import { identityText, minuteText, severityText } from './alert-table.ts'
import { printable } from './printable.ts'

/** An event that is shown among the most surprising. */
export interface ShownEvent {
  readonly time: number
  readonly identity: string
  readonly operation: string
  readonly from: string
  readonly score: number
}

/** What the live view shows. */
export interface LiveFacts {
  readonly title: string
  /** Event time, ms; −1 before the first event. */
  readonly nowMs: number
  readonly events: number
  /** Events a second of real time, lately. */
  readonly rate: number
  readonly identities: number
  readonly pages: number
  readonly digest: number
  /** Newest first. */
  readonly alerts: readonly Alert[]
  /** Most surprising first. */
  readonly surprises: readonly ShownEvent[]
  readonly nameOf: (uid: string) => string | undefined
}

const barWidth = 20
/** Bits at which a bar is full. */
const barBits = 24

/** The live view as lines, none longer than the terminal is wide as far as text goes, and no more than it has rows. */
export function liveView(facts: LiveFacts, columns: number, rows: number): string[] {
  const width = Math.max(columns, 60)
  const alertRows = Math.max(4, Math.floor((rows - 8) * 0.6))
  const surpriseRows = Math.max(2, rows - 8 - alertRows)
  const time = facts.nowMs < 0 ? 'waiting for the first event' : `${minuteText(facts.nowMs)} UTC`
  const lines = [
    `${colors.bold('Ostiary')}  ${facts.title}`,
    `${time}   ${number(facts.events)} events   ${number(facts.rate)}/s   ${number(facts.identities)} identities   ${colors.red(`${facts.pages} pages`)}   ${facts.digest} in the digest`,
    '',
    colors.bold('Alerts'),
    ...facts.alerts.slice(0, alertRows).flatMap((alert) => alertLine(alert, facts, width)),
  ]
  if (facts.alerts.length === 0) lines.push(colors.dim('  none yet'))
  lines.push('', colors.bold('Most surprising of the last hours'))
  for (const event of facts.surprises.slice(0, surpriseRows)) lines.push(surpriseLine(event, facts, width))
  return lines.slice(0, Math.max(rows - 1, 1))
}

function alertLine(alert: Alert, { nameOf }: LiveFacts, width: number): string[] {
  const mark = alert.disposition === 'page' ? colors.red('●') : colors.dim('·')
  const head = `${minuteText(alert.time)}  ${alert.score.toFixed(1).padStart(5)} bits  `
  const who = identityText(alert.identity_uid, nameOf)
  const severity = alert.severity.padEnd(Math.max(...severities.map((name) => name.length)))
  const why = alert.reasons[0]?.words ?? ''
  const room = width - head.length - severity.length - 6
  const text = cut(printable(`${who}: ${why}`), room)
  return [
    `${mark} ${head}${severityText(alert.severity)}${' '.repeat(severity.length - alert.severity.length)}  ${text}`,
  ]
}

function surpriseLine(event: ShownEvent, { nameOf }: LiveFacts, width: number): string {
  const filled = Math.round((Math.min(event.score, barBits) / barBits) * barWidth)
  const bar = `${colors.yellow('█'.repeat(filled))}${colors.dim('░'.repeat(barWidth - filled))}`
  const text = printable(`${event.operation}  ${identityText(event.identity, nameOf)}  ${event.from}`)
  return `  ${bar} ${event.score.toFixed(1).padStart(5)}  ${cut(text, width - barWidth - 12)}`
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, Math.max(length - 1, 0))}…` : text
}

function number(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ' ')
}
