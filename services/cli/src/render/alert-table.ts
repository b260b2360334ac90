import type { Alert, Severity } from '@ostiary/schemas'
import Table from 'cli-table3'
import colors from 'picocolors'
import { printable } from './printable.ts'

const severityColor: Readonly<Record<Severity, (text: string) => string>> = {
  Informational: colors.dim,
  Low: colors.blue,
  Medium: colors.yellow,
  High: colors.red,
  Critical: (text) => colors.bold(colors.red(text)),
}

/** Characters of a pseudonym that are shown where room is short; enough to tell identities of a tenant apart. */
const pseudonymShown = 11

/** Widths of the columns before the reason. */
const otherWidths = [3, 18, 26, 7, 15] as const

/** `2026-03-02 14:05` of a time in ms, UTC. */
export function minuteText(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 16).replace('T', ' ')
}

/** A name if the reader may see names, else the pseudonym, cut to be read. */
export function identityText(uid: string, nameOf: (uid: string) => string | undefined): string {
  return nameOf(uid) ?? `${uid.slice(0, pseudonymShown)}…`
}

export function severityText(severity: Severity): string {
  return severityColor[severity](severity)
}

/**
 * Alerts as a table for a terminal, best first.
 *
 * @param columns width of the terminal in characters
 */
export function alertTable(
  alerts: readonly Alert[],
  columns: number,
  nameOf: (uid: string) => string | undefined,
): string {
  const borders = otherWidths.length + 2
  const others = otherWidths.reduce((sum, width) => sum + width, 0)
  const reasonWidth = Math.max(24, Math.min(columns, 200) - others - borders)
  const table = new Table({
    head: ['', 'when (UTC)', 'who', 'bits', 'severity', 'why'],
    colWidths: [...otherWidths, reasonWidth],
    wordWrap: true,
    style: { head: ['bold'], border: ['gray'], compact: true },
  })
  for (const alert of alerts) {
    const who = identityText(alert.identity_uid, nameOf)
    table.push([
      alert.disposition === 'page' ? colors.red('●') : colors.dim('·'),
      minuteText(alert.first_event_time),
      `${who}\n${colors.dim(printable(alert.identity_type + (alert.team === '' ? '' : `, ${alert.team}`)))}`,
      alert.score.toFixed(1),
      severityText(alert.severity),
      alert.reasons
        .slice(0, 3)
        .map((reason) => printable(reason.words))
        .join('\n'),
    ])
  }
  return table.toString()
}
