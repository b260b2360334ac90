import type { ClearPrincipal } from '../../clear-event.ts'
import type { JsonObject } from '../../source.ts'
import { type FieldNames, pickText } from '../microsoft/pick.ts'
import { lowerId } from '../microsoft/plain-text.ts'
import { objectOf, textOf } from '../read-json.ts'

const schemas = 'http://schemas.microsoft.com'
const soap = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims'

/** The only claims that are read. Everything else in a token (its audience, scopes, groups, keys) never passes. */
const claimNames = {
  objectId: [`${schemas}/identity/claims/objectidentifier`, 'oid'],
  person: [`${soap}/upn`, 'upn', `${soap}/name`, 'unique_name', `${soap}/emailaddress`],
  tenant: [`${schemas}/identity/claims/tenantid`, 'tid'],
  methods: [`${schemas}/claims/authnmethodsreferences`, 'amr'],
  tokenId: ['uti'],
  issued: ['iat'],
  application: ['appid'],
  identityType: ['idtyp'],
  managedIdentity: ['xms_mirid'],
  scope: [`${schemas}/identity/claims/scope`, 'scp'],
  address: ['ipaddr'],
} as const satisfies Record<string, FieldNames>

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const ownCategories = new Set(['servicehealth', 'resourcehealth', 'alert', 'autoscale', 'recommendation', 'security'])

/** Whether a record of this category says something that nobody did: health, alerts, advice. */
export function isOwnReport(category: string): boolean {
  return ownCategories.has(category.toLowerCase())
}

export interface Caller {
  readonly claims: JsonObject
  readonly authorization: JsonObject
  /** The record's own word for the caller: a user principal name or an object id; `''` in diagnostic form. */
  readonly caller: string
  readonly tenant: string
}

/** Seconds since the epoch, as tokens write time; `undefined` outside the years 2000 to 2100. */
function issuedMs(claims: JsonObject): number | undefined {
  const text = pickText(claims, claimNames.issued)
  if (!/^\d{9,10}$/.test(text)) return undefined
  const seconds = Number(text)
  return seconds >= 946_684_800 && seconds < 4_102_444_800 ? seconds * 1000 : undefined
}

/** Methods read `pwd,mfa`, or are a list. */
function mfaOf(claims: JsonObject): boolean | undefined {
  const listed = claims['amr']
  const text = Array.isArray(listed)
    ? listed.filter((one) => typeof one === 'string').join(',')
    : pickText(claims, claimNames.methods)
  if (text === '') return undefined
  return text.split(/[\s,[\]"]+/).includes('mfa')
}

function kindOf({ claims, authorization, caller }: Caller, person: string): string {
  if (pickText(claims, claimNames.managedIdentity) !== '') return 'ManagedIdentity'
  if (pickText(claims, claimNames.identityType) === 'app') return 'ServicePrincipal'
  if (person.includes('@')) return 'User'
  const stated = textOf(objectOf(authorization['evidence'])['principalType'])
  if (stated === 'User' || stated === 'ServicePrincipal') return stated
  const isToken = pickText(claims, claimNames.application) !== ''
  if (isToken) return pickText(claims, claimNames.scope) === '' ? 'ServicePrincipal' : 'User'
  return caller === '' || guid.test(caller) ? '' : 'Service'
}

/** Who acted, from the claims of the token where the record has them, else from its caller. */
export function principalOf(from: Caller): ClearPrincipal {
  const { claims, caller } = from
  const objectId = lowerId(pickText(claims, claimNames.objectId) || (guid.test(caller) ? caller : ''))
  const person = pickText(claims, claimNames.person) || (guid.test(caller) ? '' : caller)
  const application = lowerId(pickText(claims, claimNames.application))
  const kind = kindOf(from, person)
  return {
    kind,
    // A token of an application that states no object id is still that application's.
    uid: objectId || person || (kind === 'User' ? '' : application),
    issuerUid: '',
    sessionName: '',
    vouchedName: kind === 'User' ? person : '',
    vouchedBy: kind === 'User' && person !== '' && objectId !== '' ? 'object_id' : '',
    invokedBy: '',
    accountUid: from.tenant || lowerId(pickText(claims, claimNames.tenant)),
    credentialUid: pickText(claims, claimNames.tokenId),
    credentialType: credentialTypeOf(kind, claims),
    mfa: kind === 'User' ? mfaOf(claims) : undefined,
    sessionCreatedMs: issuedMs(claims),
    chained: false,
    federation: '',
  }
}

/** Azure Resource Manager takes bearer tokens only, which live for hours. */
function credentialTypeOf(kind: string, claims: JsonObject): ClearPrincipal['credentialType'] {
  if (kind === 'Service') return 'service'
  return pickText(claims, claimNames.issued) !== '' || kind !== '' ? 'temporary' : 'unknown'
}

/** The address the token was asked from: where a record has no better one. */
export function tokenAddress(claims: JsonObject): string {
  return pickText(claims, claimNames.address)
}
