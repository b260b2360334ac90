import type { ClearPrincipal } from '../../clear-event.ts'
import type { JsonObject } from '../../source.ts'
import { nestedObject } from '../microsoft/nested-value.ts'
import { pick, pickText } from '../microsoft/pick.ts'
import { lowerId } from '../microsoft/plain-text.ts'

/** Who an activity was done by: a user, an application, or a service of Microsoft's that has no principal here. */
export interface Initiator {
  readonly kind: string
  readonly objectId: string
  readonly name: string
  readonly address: string
}

export function initiatorOf(fields: JsonObject): Initiator {
  const initiatedBy = nestedObject(pick(fields, ['initiatedBy', 'InitiatedBy']))
  const user = nestedObject(initiatedBy['user'])
  const userId = lowerId(pickText(user, ['id']))
  const userName = pickText(user, ['userPrincipalName'])
  if (userId !== '' || userName !== '') {
    return { kind: 'User', objectId: userId, name: userName, address: pickText(user, ['ipAddress']) }
  }
  const app = nestedObject(initiatedBy['app'])
  const principalId = lowerId(pickText(app, ['servicePrincipalId']) || pickText(app, ['appId']))
  const appName = pickText(app, ['servicePrincipalName', 'displayName'])
  if (principalId === '' && appName === '') return { kind: '', objectId: '', name: '', address: '' }
  return {
    kind: principalId === '' ? 'Service' : 'ServicePrincipal',
    objectId: principalId,
    name: appName,
    address: '',
  }
}

/** An audit record does not say how its caller proved who it is. */
export function principalOf({ kind, objectId, name }: Initiator, tenant: string): ClearPrincipal {
  return {
    kind,
    uid: objectId || name,
    issuerUid: '',
    sessionName: '',
    vouchedName: name,
    vouchedBy: objectId === '' || name === '' ? '' : 'object_id',
    invokedBy: '',
    accountUid: tenant,
    credentialUid: '',
    credentialType: kind === 'Service' ? 'service' : 'unknown',
    mfa: undefined,
    sessionCreatedMs: undefined,
    chained: false,
    federation: '',
  }
}
