import { describeAlertTitle, tacticNames, techniques } from '@ostiary/models'
import type { Alert } from '@ostiary/schemas'
import { bestReasonOf } from './best-reason.ts'

/** What identifies an alert to Alertmanager: once one of them changes, it is another alert there. */
export type AlertmanagerLabels = Readonly<Record<string, string>>

/** An alert as Alertmanager's API v2 takes it. */
export interface AlertmanagerAlert {
  readonly labels: AlertmanagerLabels
  readonly annotations: Readonly<Record<string, string>>
  readonly startsAt: string
  readonly endsAt: string
  readonly generatorURL?: string
}

/** Longest value of a label; ids and names of ours are far shorter. */
const labelLengthMax = 128
/** Longest annotation. */
const annotationLengthMax = 2048

/**
 * Few labels, each from a list that is short for one tenant, beside the finding's id: routes and silences are written in
 * them. No personal data; the pseudonym of the identity is an annotation.
 */
export function labelsOf(alert: Alert): AlertmanagerLabels {
  const best = bestReasonOf(alert)
  return nonEmpty(
    {
      alertname: best?.detection || alert.policies[0] || 'unusual_activity',
      job: 'ostiary',
      severity: alert.severity.toLowerCase(),
      tenant: alert.tenant_uid,
      tactic: best?.tactic ?? '',
      technique: best?.technique ?? '',
      finding_uid: alert.finding_uid,
    },
    labelLengthMax,
  )
}

export function annotationsOf(alert: Alert): Readonly<Record<string, string>> {
  const best = bestReasonOf(alert)
  return nonEmpty(
    {
      summary: describeAlertTitle(alert),
      description: alert.reasons.map(({ words }) => words).join('; '),
      identity: alert.identity_uid,
      identity_type: alert.identity_type,
      team: alert.team,
      tactic_name: tacticNames[best?.tactic ?? ''] ?? '',
      technique_name: techniques[best?.technique ?? '']?.name ?? '',
      score: String(alert.score),
      impact: String(alert.impact),
      events: String(alert.event_count),
      first_event_time: new Date(alert.first_event_time).toISOString(),
      last_event_time: new Date(alert.last_event_time).toISOString(),
      disposition: alert.disposition,
      disposition_reason: alert.disposition_reason,
      revision: String(alert.revision),
    },
    annotationLengthMax,
  )
}

/** Alertmanager holds an empty value to be none. */
function nonEmpty(values: Readonly<Record<string, string>>, lengthMax: number): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== '')
      .map(([name, value]) => [name, cut(value, lengthMax)]),
  )
}

function cut(text: string, lengthMax: number): string {
  return text.length > lengthMax ? `${text.slice(0, lengthMax - 1)}…` : text
}
