import type { Detection, Reading } from './detection.ts'
import { actionOf, inTenant, isNew, isTenantKnown, knownDays, plural, quote, since } from './wording.ts'

/** Mark of an action that hardly anybody in the tenant does: decayed identity-days. */
const uncommonCount = 3

/** Days for which an identity counts as a newcomer. */
const newcomerDays = 30

const dataLevels: ReadonlySet<string> = new Set(['read', 'write', 'permissions'])

/** Something done for the first time, seldom, or out of context. */
export const actionDetections: readonly Detection[] = [
  {
    id: 'newcomer_does_uncommon_action',
    signal: 'new_value.action',
    natsMin: 3,
    attack: { tactic: 'TA0003', technique: 'T1078.004' },
    when: 'an identity known for less than 30 days does what hardly anybody in the tenant did lately',
    applies: (reading) =>
      isNew(reading) &&
      isTenantKnown(reading.moment) &&
      reading.tenantCount < uncommonCount &&
      knownDays(reading) < newcomerDays,
    words: (reading) => `a newcomer's first use of ${quote(reading.value)}${since(reading)}${inTenant(reading)}`,
  },
  {
    id: 'unprivileged_permission_change',
    signal: 'new_value.action',
    natsMin: 3,
    attack: { tactic: 'TA0004', technique: 'T1098.003' },
    when: 'an identity without special rights changes permissions in a way it never did',
    applies: (reading) => {
      const { api, identity } = reading.moment.event
      return isNew(reading) && api.access_level === 'permissions' && identity.privilege === 'standard'
    },
    words: (reading) =>
      `first use of ${quote(reading.value)}, a change of permissions,${since(reading)}, by an identity without special rights${inTenant(reading)}`,
  },
  {
    id: 'action_uncommon_in_tenant',
    signal: 'new_value.action',
    natsMin: 5,
    attack: { tactic: 'TA0002', technique: 'T1059.009' },
    when: 'neither the identity nor, lately, more than very few others in the tenant did this action',
    applies: (reading) => isNew(reading) && isTenantKnown(reading.moment) && reading.tenantCount < uncommonCount,
    words: (reading) => `first use of ${quote(reading.value)}${since(reading)}${inTenant(reading)}`,
  },
  {
    id: 'first_identity_check',
    signal: 'new_value.action',
    natsMin: 3,
    attack: { tactic: 'TA0007', technique: 'T1087.004' },
    when: 'the identity asks who it is (`sts:GetCallerIdentity`) for the first time: what is done first with a credential one has found',
    applies: (reading) => isNew(reading) && reading.value === 'sts:GetCallerIdentity',
    words: (reading) =>
      `asked who it is for the first time (${quote(reading.value)})${since(reading)}${inTenant(reading)}`,
  },
  {
    id: 'first_listing_for_identity',
    signal: 'new_value.action',
    natsMin: 3,
    attack: { tactic: 'TA0007', technique: 'T1580' },
    when: 'the identity lists something that it never listed',
    applies: (reading) => isNew(reading) && reading.moment.event.api.access_level === 'list',
    words: (reading) => `first use of ${quote(reading.value)}, which lists,${since(reading)}${inTenant(reading)}`,
  },
  {
    id: 'first_action_for_identity',
    signal: 'new_value.action',
    natsMin: 3,
    attack: { tactic: 'TA0002', technique: 'T1059.009' },
    when: 'the identity never did this action, or not for so long that it has faded',
    applies: isNew,
    words: (reading) => `first use of ${quote(reading.value)}${since(reading)}${inTenant(reading)}`,
  },
  {
    id: 'first_service_for_identity',
    signal: 'new_value.service',
    natsMin: 3,
    attack: { tactic: 'TA0007', technique: 'T1526' },
    when: 'the identity never used this service of the provider',
    applies: isNew,
    words: (reading) => `first use of the service ${quote(reading.value)}${since(reading)}${inTenant(reading)}`,
  },
  {
    id: 'action_out_of_context',
    signal: 'sequence.action',
    natsMin: 4.5,
    attack: { tactic: 'TA0002', technique: 'T1059.009' },
    when: 'the tenant hardly ever does this action after what the identity did within the hour',
    applies: (reading) => isTenantKnown(reading.moment),
    words: ({ moment }) => `${actionOf(moment.event)} does not belong with what this identity did within the hour`,
  },
  {
    id: 'rare_error',
    signal: 'new_value.error',
    natsMin: 3,
    attack: { tactic: 'TA0007', technique: 'T1580' },
    when: 'the identity never met this error',
    applies: (reading) => isNew(reading) && reading.moment.event.api.outcome === 'failure',
    words: (reading) => `first ${quote(reading.value)} error${since(reading)}`,
  },
  {
    id: 'first_sensitive_resource',
    signal: 'new_value.resource',
    natsMin: 3,
    attack: { tactic: 'TA0009', technique: 'T1530' },
    when: 'the identity lists, reads or changes a resource of criticality 2 or more that it never touched',
    applies: (reading) => isNew(reading) && (reading.moment.event.resources[0]?.criticality ?? 0) >= 2,
    words: (reading) => resourceWords(reading),
  },
  {
    id: 'first_resource_for_identity',
    signal: 'new_value.resource',
    natsMin: 4,
    attack: { tactic: 'TA0009', technique: 'T1530' },
    when: 'the identity reads or changes a resource that it never touched',
    applies: (reading) => {
      const { event } = reading.moment
      return isNew(reading) && dataLevels.has(event.api.access_level) && !event.facts.includes('role.assumed')
    },
    words: (reading) => resourceWords(reading),
  },
  {
    id: 'first_secret_read',
    signal: 'new_value.fact',
    natsMin: 2,
    attack: { tactic: 'TA0006', technique: 'T1555.006' },
    when: 'the identity reads the value of a secret for the first time',
    applies: (reading) => isNew(reading) && reading.value === 'secret.read',
    words: (reading) => `first time this identity reads a secret: ${actionOf(reading.moment.event)}${since(reading)}`,
  },
  {
    id: 'first_deletion',
    signal: 'new_value.fact',
    natsMin: 2,
    attack: { tactic: 'TA0040', technique: 'T1485' },
    when: 'the identity deletes stored data, a snapshot or a backup for the first time',
    applies: (reading) => isNew(reading) && reading.value === 'data.deleted',
    words: (reading) => `first time this identity deletes data: ${actionOf(reading.moment.event)}${since(reading)}`,
  },
  {
    id: 'first_share',
    signal: 'new_value.fact',
    natsMin: 2,
    attack: { tactic: 'TA0010', technique: 'T1537' },
    when: 'the identity opens a resource to another account or to everyone for the first time',
    applies: (reading) =>
      isNew(reading) && (reading.value === 'resource.shared' || reading.value === 'resource.public'),
    words: (reading) =>
      `first time this identity opens a resource to ${reading.value === 'resource.public' ? 'everyone' : 'another account'}: ${actionOf(reading.moment.event)}${since(reading)}`,
  },
  {
    id: 'audit_logging_changed',
    signal: 'new_value.fact',
    natsMin: 0,
    attack: { tactic: 'TA0005', technique: 'T1562.008' },
    when: 'audit logging, a detector or its delivery is stopped, deleted or narrowed, and the identity does not do so regularly',
    applies: ({ moment: { event }, value, ownCount }) =>
      event.facts.includes('audit.disabled') && (value !== 'audit.disabled' || ownCount < 5),
    words: ({ moment: { event }, value, ownCount }) => {
      const before = Math.round(ownCount)
      const done =
        event.api.outcome === 'success' ? 'audit logging stopped or narrowed' : 'a refused attempt on audit logging'
      const first = value === 'audit.disabled' && before === 0 ? ', for the first time by this identity' : ''
      const again = value === 'audit.disabled' && before > 0 ? `, ${plural(before, 'time')} before` : ''
      return `${done}: ${actionOf(event)}${first}${again}`
    },
  },
]

function resourceWords(reading: Reading): string {
  const resource = reading.moment.event.resources[0]
  const type =
    resource === undefined || resource.type === '' ? 'a resource' : `a resource of type ${quote(resource.type)}`
  const critical =
    resource !== undefined && resource.criticality > 0 ? `, criticality ${resource.criticality} of 4,` : ''
  return `first time on ${type}${critical}${since(reading)}${inTenant(reading)}`
}
