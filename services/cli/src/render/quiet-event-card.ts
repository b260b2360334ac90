import type { RecentScore } from '@ostiary/runtime'
import colors from 'picocolors'
import { identityText, minuteText } from './alert-table.ts'
import { printable } from './printable.ts'

/** Why an event gave no alert, for a terminal. */
export function quietEventCard(given: RecentScore, digestBits: number): string {
  const score = printable(given)
  const missing = digestBits - score.score
  const verdict =
    missing > 0
      ? `It did not alert: ${score.score.toFixed(1)} bits is ${missing.toFixed(1)} under the ${digestBits} from which a case opens.`
      : `It reached ${score.score.toFixed(1)} bits: it belongs to a case, which this alert file does not hold.`
  const lines = [
    `${colors.bold(score.operation)}  ${minuteText(score.time)} UTC  ${identityText(score.identity, () => undefined)}`,
    verdict,
    `${colors.dim('surprise')} ${score.surprise.toFixed(1)} bits  ${colors.dim('impact')} ${score.impact.toFixed(1)} bits`,
    '',
    colors.bold('What was least usual about it'),
    ...(score.signals.length === 0
      ? ['  nothing']
      : score.signals.map(([id, bits]) => `  ${bits.toFixed(1).padStart(5)} bits  ${id}`)),
  ]
  return `${lines.join('\n')}\n`
}
