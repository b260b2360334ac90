import type { Alert } from '@ostiary/schemas'
import colors from 'picocolors'
import { identityText, minuteText, severityText } from './alert-table.ts'
import { printable } from './printable.ts'

/** Events a card lists; the alert itself has them all. */
const evidenceShownMax = 12

/** Everything an alert says, for an analyst who has nothing else at hand. */
export function alertCard(given: Alert, nameOf: (uid: string) => string | undefined): string {
  const alert = printable(given)
  const lines = [
    `${severityText(alert.severity)}  ${colors.bold(`${alert.score.toFixed(1)} bits`)}  ${alert.finding_uid} revision ${alert.revision}`,
    field('who', `${identityText(alert.identity_uid, nameOf)} (${alert.identity_type}: ${alert.identity_evidence})`),
    alert.team === '' ? undefined : field('team', alert.team),
    field('when', `${minuteText(alert.first_event_time)} to ${minuteText(alert.last_event_time)} UTC`),
    field('events', `${alert.event_count}`),
    field(
      'score',
      `surprise ${alert.surprise.toFixed(1)} bits, impact ${alert.impact.toFixed(1)} bits, autoencoder ${alert.autoencoder.toFixed(1)} bits`,
    ),
    alert.extrapolated ? field('', 'beyond what the calibration has seen: read off its fitted tail') : undefined,
    field('sent', `${alert.disposition}: ${alert.disposition_reason}`),
    '',
    colors.bold('Why'),
    ...alert.reasons.map(
      (reason) =>
        `  ${reason.bits.toFixed(1).padStart(5)} bits  ${reason.words}${reason.technique === '' ? '' : colors.dim(`  ${reason.tactic} ${reason.technique}`)}`,
    ),
    ...section(
      'What would have made it usual',
      alert.counterfactual.map((other) => other.words),
    ),
    ...section('Good to know', alert.notes),
    ...section(
      alert.evidence.length > evidenceShownMax
        ? `Evidence (the strangest of ${alert.evidence.length} events)`
        : 'Evidence',
      shownEvidence(alert).map(
        (event) =>
          `${minuteText(event.time)}  ${event.operation}  ${event.outcome}  ${event.from}  ${event.score.toFixed(1)} bits\n    ${colors.dim(`${event.event_uid}  sha256 ${event.sha256}`)}`,
      ),
    ),
    '',
    colors.dim(
      `model ${alert.model}  tables ${alert.tables}  code ${alert.code}${(alert.feedback ?? '') === '' ? '' : `  feedback ${alert.feedback}`}`,
    ),
  ]
  return lines.filter((line): line is string => line !== undefined).join('\n')
}

/** The events with the highest scores, in order of time. */
function shownEvidence({ evidence }: Alert): Alert['evidence'] {
  const least = [...evidence].sort((a, b) => b.score - a.score)[evidenceShownMax - 1]?.score ?? Number.NEGATIVE_INFINITY
  return evidence.filter(({ score }) => score >= least).sort((a, b) => a.time - b.time)
}

function field(name: string, text: string): string {
  return `${colors.dim(name.padEnd(7))} ${text}`
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', colors.bold(title), ...lines.map((line) => `  ${line}`)]
}
