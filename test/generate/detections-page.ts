import {
  type Attack,
  type Detection,
  detections,
  entityRiskDetection,
  type Policy,
  policies,
  tacticNames,
  techniques,
} from '@ostiary/models'

function attackCell({ tactic, technique }: Attack): string {
  const name = techniques[technique]?.name ?? ''
  return `${technique} ${name}, ${tacticNames[tactic] ?? tactic}`
}

function cells(...texts: readonly string[]): string {
  return `| ${texts.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`
}

function detectionRow(detection: Detection): string {
  const bits = (detection.natsMin * Math.LOG2E).toFixed(1)
  return cells(`\`${detection.id}\``, `\`${detection.signal}\``, bits, detection.when, attackCell(detection.attack))
}

function policyRow(policy: Policy): string {
  const always = policy.always ? 'yes' : ''
  return cells(`\`${policy.id}\``, String(policy.impactBits), always, policy.when, attackCell(policy.attack))
}

/** The page `docs/spec/detections.md`, read off the tables. */
export function detectionsPage(): string {
  return `# Detections

This page is generated from the tables by \`npm run generate\`; a test holds it to them.

A **detection** gives a signal's surprise a name, a technique of MITRE ATT&CK and words. It adds nothing to the score: the
signal does (see [signals](signals.md)). It applies when its signal reads at least the bits of the third column and the
condition of the fourth holds. Of several detections on one signal, the first of the table that applies gives the reason
its words. \`ostiary explain\` shows them with their bits.

A **policy** states a fact that matters whoever does it. It adds to the impact of its event, not to its surprise. The few
that are *always* told page outside the budget, at most once per identity, policy and day. A policy about the action alone
opens no case and pages nobody by itself once the identity has done the action several times before, and its lessons have
aged: an administrator's daily work is in the audit trail, not on the pager. It still counts where a case is open.

Every row has an event to which it must apply and one beside it to which it must not, in the fixtures next to the tables in
\`models/src/detections\`.

## Detections

| Detection | Signal | Bits from | Applies when | ATT&CK |
|---|---|---|---|---|
${detections.map(detectionRow).join('\n')}
${cells(`\`${entityRiskDetection.id}\``, '(all)', '', entityRiskDetection.when, attackCell(entityRiskDetection.attack))}

## Policies

| Policy | Impact bits | Always | Applies when | ATT&CK |
|---|---|---|---|---|
${policies.map(policyRow).join('\n')}

## What a detection cannot see

- Detections look at one identity. Many identities failing to sign in from one address show as failures of each.
- A successful sign-in after many refused ones has no row of its own: both belong to the same identity's case.
- A silence is noticed when it ends, at the identity's next event (\`dormant_identity_active\`, \`silent_program_resumed\`). An
  identity that never comes back is not missed; for that somebody would have to look at all identities at each tick.
- Peers (identities of the same role, permission set or directory) are known by their actions only; other fields back off to
  the tenant as a whole.
- An identity's memory is bounded. Where it is full, the words say how many values are kept: "first" then means "not among
  these".
`
}
