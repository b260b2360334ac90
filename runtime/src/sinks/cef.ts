import { describeAlertTitle } from '@ostiary/models'
import type { Alert, Severity } from '@ostiary/schemas'
import { bestReasonOf } from './best-reason.ts'
import { riskyLetters } from './risky-letters.ts'

/** CEF's scale: 0 to 3 low, 4 to 6 medium, 7 and 8 high, 9 and 10 very high. */
const severities: Readonly<Record<Severity, number>> = {
  Informational: 1,
  Low: 3,
  Medium: 5,
  High: 8,
  Critical: 10,
}

/** Bytes of a value as it is written, so that a message stays within the 8 KiB that receivers take by default. */
const nameBytesMax = 512
const idBytesMax = 128
const wordsBytesMax = 1023
const labelledBytesMax = 200

type Pair = readonly [key: string, value: string | number, bytesMax: number]

/**
 * An alert in ArcSight's Common Event Format: a header of seven fields, then keys of its dictionary. One line; no personal
 * data beyond pseudonyms. docs/spec/sinks.md has the table.
 */
export function toCef(alert: Alert, productVersion: string): string {
  const header = [
    'CEF:0',
    'Ostiary',
    'Ostiary',
    escaped(productVersion, idBytesMax, headerEscapes),
    escaped(bestReasonOf(alert)?.detection || alert.policies[0] || 'unusual_activity', idBytesMax, headerEscapes),
    escaped(describeAlertTitle(alert), nameBytesMax, headerEscapes),
    severities[alert.severity],
  ].join('|')
  const extension = pairsOf(alert)
    .map(([key, value, bytesMax]) => [key, escaped(String(value), bytesMax, extensionEscapes)] as const)
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `${key}=${value}`)
  return `${header}|${extension.join(' ')}`
}

function pairsOf(alert: Alert): readonly Pair[] {
  const best = bestReasonOf(alert)
  return [
    ['rt', alert.time, idBytesMax],
    ['start', alert.first_event_time, idBytesMax],
    ['end', alert.last_event_time, idBytesMax],
    ['cnt', alert.event_count, idBytesMax],
    ['externalId', alert.finding_uid, idBytesMax],
    ['act', alert.disposition, idBytesMax],
    ['cat', alert.policies.length > 0 ? 'policy' : 'anomaly', idBytesMax],
    ['suid', alert.identity_uid, idBytesMax],
    ['reason', [...new Set(alert.reasons.map(({ detection }) => detection))].join(','), wordsBytesMax],
    ...labelled('cs1', 'tenant', alert.tenant_uid),
    ...labelled('cs2', 'tactic', best?.tactic ?? ''),
    ...labelled('cs3', 'technique', best?.technique ?? ''),
    ...labelled('cs4', 'identityType', alert.identity_type),
    ...labelled('cs5', 'team', alert.team),
    ...labelled('cs6', 'dispositionReason', alert.disposition_reason),
    ...labelled('flexString1', 'activity', alert.activity),
    ...labelled('cn1', 'revision', alert.revision),
    ...labelled('cfp1', 'scoreBits', alert.score),
    ...labelled('cfp2', 'impactBits', alert.impact),
    ['msg', alert.reasons.map(({ words }) => words).join('; '), wordsBytesMax],
  ]
}

/** A value of a key whose meaning is ours, and its name; neither where there is no value. */
function labelled(key: string, label: string, value: string | number): readonly Pair[] {
  return value === ''
    ? []
    : [
        [key, value, labelledBytesMax],
        [`${key}Label`, label, labelledBytesMax],
      ]
}

/** A line break has no form in the header. */
const headerEscapes: Escapes = { '\\': '\\\\', '|': '\\|', '\n': ' ', '\r': ' ' }
const extensionEscapes: Escapes = { '\\': '\\\\', '=': '\\=', '\n': '\\n', '\r': '\\r' }

type Escapes = Readonly<Record<string, string>>

/**
 * Cut between characters, so that no escape is torn, and without control characters and such as end lines or act on
 * terminals. Blanks at either end would be read as the space between pairs.
 */
function escaped(text: string, bytesMax: number, escapes: Escapes): string {
  const letters = [...text.replace(riskyLetters, ' ')]
  const plain = letters.map((letter) => (letter < ' ' && escapes[letter] === undefined ? ' ' : letter)).join('')
  const roomBytes = bytesMax - Buffer.byteLength('…')
  const pieces: string[] = []
  let bytes = 0
  let fitting = 0
  for (const letter of plain.trim()) {
    const piece = escapes[letter] ?? letter
    bytes += Buffer.byteLength(piece)
    if (bytes > bytesMax) return `${pieces.slice(0, fitting).join('')}…`
    pieces.push(piece)
    if (bytes <= roomBytes) fitting = pieces.length
  }
  return pieces.join('')
}
