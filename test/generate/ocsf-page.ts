import { ocsfVersion } from '@ostiary/schemas'
import { type OcsfField, ocsfFields } from './ocsf-fields.ts'

function row(field: OcsfField): string {
  return `| \`${field.name}\` | ${field.type} | \`${field.ocsf}\` | ${field.privacy} |`
}

function table(fields: readonly OcsfField[]): string {
  return ['| Field | Type | OCSF | Privacy |', '|---|---|---|---|', ...fields.map(row)].join('\n')
}

/** The page `docs/spec/ocsf.md`, read off the Avro schemas. */
export function ocsfPage(): string {
  const finding = new Set(ocsfFields('finding').map((field) => field.name))
  return `# OCSF

This page is generated from the Avro schemas by \`npm run generate\`; a test holds it to them.

Field by field, where the facts of our records are in OCSF ${ocsfVersion}. Paths under \`unmapped.ostiary\` are our own. A field of
class \`pseudonym\` holds an HMAC of a personal value, a \`plain\` one is never personal (see [privacy](privacy.md)).

## Access event

API Activity (6003) and Authentication (3002).

${table(ocsfFields('access_event'))}

## Finding

Detection Finding (2004).

${table(ocsfFields('finding'))}

## Alert

A finding and what the desk decided.

${table(ocsfFields('alert').filter((field) => !finding.has(field.name)))}

## Alerts as JSON

An alert is written as a Detection Finding with the profile \`security_control\`; its shape is
[ocsf-detection-finding.schema.json](ocsf-detection-finding.schema.json), to which a test holds generated alerts.

- OCSF's times are milliseconds since the Unix epoch, those under \`unmapped.ostiary\` RFC 3339 in UTC.
- \`unmapped.ostiary\` holds all of the alert: first \`identity\`, \`first_event_time\`, \`last_event_time\`, \`event_ids\`, \`score\`,
  \`disposition\`, \`revision\`. In the flat form these seven keys are at the top level.
- \`identity\` is the pseudonym, except where names are asked for by somebody entitled to them.
- \`activity_id\` is 1 for the first revision, 2 for further ones, 3 for the last. \`metadata.uid\` is \`<finding_uid>/<revision>\`,
  \`metadata.correlation_uid\` the same for all revisions.
- \`status_id\` is 1 (New), or 3 (Suppressed): the others are the reader's to set. A case that closes is over, not resolved.
- \`disposition_id\` is 19 (Alert) for a page, 17 (Logged) for the digest, 16 (No Action) for what is suppressed; \`is_alert\` is
  true for pages.
- \`confidence_id\` is 3 (High) where a policy states a fact, 1 (Low) where the score is extrapolated, else 2 (Medium).
- \`risk_score\` and \`impact_score\` are whole bits.
- A technique with a dot is under \`technique\` and under \`sub_technique\`.
`
}
