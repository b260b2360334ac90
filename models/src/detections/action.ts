import type { Detection } from './detection.ts'
import { actionOf, inTenant, isNew, isTenantKnown, plural, quote, since } from './wording.ts'

/** Mark of an action that hardly anybody in the tenant does: decayed identity-days. */
const uncommonCount = 3

const dataLevels: ReadonlySet<string> = new Set(['read', 'write', 'permissions'])

/** Something done for the first time, seldom, or out of context. */
export const actionDetections: readonly Detection[] = [
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
    id: 'first_resource_for_identity',
    signal: 'new_value.resource',
    natsMin: 4,
    attack: { tactic: 'TA0009', technique: 'T1530' },
    when: 'the identity reads or changes a resource that it never touched',
    applies: (reading) => {
      const { event } = reading.moment
      return isNew(reading) && dataLevels.has(event.api.access_level) && !event.facts.includes('role.assumed')
    },
    words: (reading) => {
      const resource = reading.moment.event.resources[0]
      const type =
        resource === undefined || resource.type === '' ? 'a resource' : `a resource of type ${quote(resource.type)}`
      const critical =
        resource !== undefined && resource.criticality > 0 ? `, criticality ${resource.criticality} of 4,` : ''
      return `first time on ${type}${critical}${since(reading)}${inTenant(reading)}`
    },
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
