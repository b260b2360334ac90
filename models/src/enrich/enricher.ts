import type { AccessEvent, AccessLevel, ClearEvent, ClearPrincipal } from '@ostiary/schemas'
import { resolveIdentity } from '../identity/resolve-identity.ts'
import { createPseudonymiser, type Pseudonymiser } from '../privacy/pseudonymise.ts'
import { accessLevelOf } from './access-level.ts'
import { BoundedCache } from './bounded-cache.ts'
import { type IdentityIndex, indexAssets, indexIdentities, indexIndicators } from './context.ts'
import type { EnrichmentTables } from './enrichment-tables.ts'
import { privilegeOfName } from './privilege.ts'
import { isServiceAddress } from './service-address.ts'
import { type SrcEndpoint, sourceEndpoint } from './source-endpoint.ts'
import { parseUserAgent } from './user-agent.ts'

/** Classes of OCSF 1.6.0. */
const apiActivity = 6003
const authentication = 3002

/** Most values remembered of each: what an event repeats costs a look-up instead of a computation. */
export const addressesMax = 16_384
export const userAgentsMax = 4_096
export const principalsMax = 16_384
export const sessionsMax = 16_384
export const operationsMax = 8_192
export const resourcesRememberedMax = 16_384

export interface EnricherOptions {
  readonly tenantUid: string
  /** The tenant's pseudonym key; see {@link createPseudonymiser}. */
  readonly key: Uint8Array
  readonly tables: EnrichmentTables
  /** Learns which name a pseudonym stands for: for a name book of who may see names. */
  readonly onName?: (pseudonym: string, clear: string) => void
}

/**
 * Turns a clear event into the access event that may leave the process. `canonicalSha256IfNoId` gives the event's id when
 * its source has none and is called only then.
 */
export type Enricher = (event: ClearEvent, canonicalSha256IfNoId: () => string) => AccessEvent

type Identity = AccessEvent['identity']
type UserAgent = AccessEvent['user_agent']
type Session = AccessEvent['session']
type Resource = AccessEvent['resources'][number]

/** An identity with the values it was resolved from: it holds for the next event only if all of them are the same. */
interface KnownPrincipal {
  readonly source: string
  readonly principal: ClearPrincipal
  readonly agentKind: string
  readonly serviceCall: string
  readonly signIn: boolean
  readonly identity: Identity
  readonly chained: boolean
}

/**
 * Makes the enricher of one tenant: resolve who acted, enrich, pseudonymise, in this order; the source has minimised
 * before. Pure but for its caches, which are bounded and never change an answer. Parts of the returned events are shared
 * between events that agree in them, so an event must not be written to.
 *
 * @throws OstiaryError `key.invalid`
 */
export function createEnricher(options: EnricherOptions): Enricher {
  const { tenantUid, tables } = options
  const pseudonymise = createPseudonymiser(options)
  const addressOf = cachedAddress(tables, pseudonymise)
  const agentOf = cachedAgent(pseudonymise)
  const identityOf = cachedIdentity(tables, pseudonymise)
  const operationOf = cachedOperation(tables)
  const resourcesOf = cachedResources(tables, pseudonymise)
  const recent = new BoundedCache<Recent>(sessionsMax)
  return (event, canonicalSha256IfNoId) => {
    const { principal, userAgent: agentText, sourceAddress } = event
    // Most events repeat the credential's last one: a comparison is far cheaper than looking each text up.
    const recentKey = principal.credentialUid || principal.uid || principal.invokedBy
    const last = recent.get(recentKey)
    const isSameAgent = last !== undefined && last.agentText === agentText
    const userAgent = isSameAgent ? last.userAgent : agentOf(agentText)
    const isSameAddress = last !== undefined && last.sourceAddress === sourceAddress
    const src = isSameAddress ? last.src : addressOf(sourceAddress)
    const signIn = event.facts.includes('console.login')
    const isRepeat = last !== undefined && repeats(last, event, userAgent, src, signIn)
    const known = isRepeat ? last.known : identityOf(event, userAgent.kind, signIn)
    const isSameSession =
      last !== undefined && last.known.chained === known.chained && sameSession(last.principal, principal)
    const session = isSameSession ? last.session : sessionOf(principal, known.chained, pseudonymise)
    // What repeats is left as it was: every young object that is written into an old one outlives the next collection.
    if (!(isSameAgent && isSameAddress && isRepeat && isSameSession)) {
      const { source } = event
      recent.set(recentKey, { source, principal, agentText, sourceAddress, signIn, userAgent, src, known, session })
    }
    const { service, operation, level } = operationOf(event)
    return {
      event_uid: event.eventUid === '' ? canonicalSha256IfNoId() : event.eventUid,
      tenant_uid: tenantUid,
      source: event.source,
      class_uid: event.kind === 'authentication' ? authentication : apiActivity,
      time: event.timeMs,
      late_ms: 0,
      identity: known.identity,
      session,
      api: {
        service,
        operation,
        access_level: level,
        outcome: event.failed ? 'failure' : 'success',
        error_code: event.errorCode,
        region: event.region,
        target_account_uid: event.targetAccountUid,
      },
      src,
      user_agent: userAgent,
      resources: resourcesOf(event.resources),
      facts: event.facts,
    }
  }
}

/** The last event of a credential that differed from the one before: what it was and what it came to. */
interface Recent {
  readonly source: ClearEvent['source']
  readonly principal: ClearPrincipal
  readonly agentText: string
  readonly sourceAddress: string
  readonly signIn: boolean
  readonly userAgent: UserAgent
  readonly src: SrcEndpoint
  readonly known: KnownPrincipal
  readonly session: Session
}

/** Whether an event resolves to the identity that the last one did. Of the address only a service's matters to that. */
function repeats(last: Recent, event: ClearEvent, userAgent: UserAgent, src: SrcEndpoint, signIn: boolean): boolean {
  return (
    (last.src === src || (last.src.svc_name === '' && src.svc_name === '')) &&
    last.signIn === signIn &&
    last.userAgent.kind === userAgent.kind &&
    last.source === event.source &&
    samePrincipal(last.principal, event.principal)
  )
}

function cachedAddress(tables: EnrichmentTables, pseudonymise: Pseudonymiser): (address: string) => SrcEndpoint {
  const cache = new BoundedCache<SrcEndpoint>(addressesMax)
  const indicatorOf = indexIndicators(tables.context.indicators)
  return (address) => {
    const known = cache.get(address)
    if (known !== undefined) return known
    const endpoint = sourceEndpoint(address, tables, indicatorOf, pseudonymise)
    cache.set(address, endpoint)
    return endpoint
  }
}

function cachedAgent(pseudonymise: Pseudonymiser): (userAgent: string) => UserAgent {
  const cache = new BoundedCache<UserAgent>(userAgentsMax)
  // The pseudonym's digits alone: the family says `other:` before them.
  const hashOf = (text: string): string => pseudonymise('ua', text).slice('ua-'.length)
  return (text) => {
    const known = cache.get(text)
    if (known !== undefined) return known
    const { family, version, os, kind } = parseUserAgent(text, hashOf)
    const userAgent: UserAgent = { family, version, os, kind }
    cache.set(text, userAgent)
    return userAgent
  }
}

function cachedIdentity(
  tables: EnrichmentTables,
  pseudonymise: Pseudonymiser,
): (event: ClearEvent, agentKind: UserAgent['kind'], signIn: boolean) => KnownPrincipal {
  const cache = new BoundedCache<KnownPrincipal>(principalsMax)
  const rowOf = indexIdentities(tables.context.identities)
  return (event, agentKind, signIn) => {
    const principal = event.principal
    const cacheKey = principal.uid === '' ? principal.invokedBy : principal.uid
    const serviceCall = isServiceAddress(event.sourceAddress) ? event.sourceAddress : ''
    const known = cache.get(cacheKey)
    if (
      known !== undefined &&
      known.agentKind === agentKind &&
      known.serviceCall === serviceCall &&
      known.signIn === signIn &&
      known.source === event.source &&
      samePrincipal(known.principal, principal)
    ) {
      return known
    }
    const { identity, chained } = identify(event, agentKind, rowOf, pseudonymise)
    const fresh = { source: event.source, principal, agentKind, serviceCall, signIn, identity, chained }
    cache.set(cacheKey, fresh)
    return fresh
  }
}

/** Whether two principals resolve to the same identity: equal in every field that resolution reads. */
function samePrincipal(a: ClearPrincipal, b: ClearPrincipal): boolean {
  return (
    a === b ||
    (a.uid === b.uid &&
      a.kind === b.kind &&
      a.issuerUid === b.issuerUid &&
      a.sessionName === b.sessionName &&
      a.vouchedName === b.vouchedName &&
      a.vouchedBy === b.vouchedBy &&
      a.invokedBy === b.invokedBy &&
      a.accountUid === b.accountUid &&
      a.credentialType === b.credentialType &&
      a.mfa === b.mfa &&
      a.chained === b.chained &&
      a.federation === b.federation)
  )
}

function identify(
  event: ClearEvent,
  agentKind: UserAgent['kind'],
  rowOf: IdentityIndex,
  pseudonymise: Pseudonymiser,
): { readonly identity: Identity; readonly chained: boolean } {
  const resolved = resolveIdentity(event, agentKind)
  const row = rowOf(resolved)
  const stated = row !== undefined && row.privilege !== 'unknown' ? row.privilege : undefined
  const derived = resolved.type === 'root' ? 'admin' : privilegeOfName(resolved.roleName)
  const isDerived = stated === undefined && derived !== 'unknown' && resolved.type !== 'root'
  const team = row?.team ?? ''
  const identity: Identity = {
    uid: pseudonymise('id', resolved.key, resolved.name),
    type: resolved.type,
    type_evidence: isDerived ? `${resolved.evidence}; privilege derived from the role's name` : resolved.evidence,
    issuer_uid: pseudonymise('iss', resolved.issuer),
    peer_group: pseudonymise('grp', team === '' ? resolved.peerGroup : `team/${team}`),
    team,
    zone: row?.zone ?? '',
    privilege: stated ?? derived,
    account_uid: event.principal.accountUid,
  }
  return { identity, chained: resolved.chained }
}

function sessionOf(principal: ClearPrincipal, chained: boolean, pseudonymise: Pseudonymiser): Session {
  return {
    uid: pseudonymise('ses', sessionKey(principal), principal.sessionName || principal.uid),
    credential_uid: pseudonymise('key', principal.credentialUid),
    credential_type: principal.credentialType,
    mfa: principal.mfa === undefined ? 'unknown' : principal.mfa ? 'yes' : 'no',
    created_time: principal.sessionCreatedMs ?? null,
    chained,
  }
}

/** A session is its principal and the moment it began; without such a moment and without a name there is none. */
function sessionKey(principal: ClearPrincipal): string {
  if (principal.sessionName === '' && principal.sessionCreatedMs === undefined) return ''
  return `${principal.uid}\n${principal.sessionName}\n${principal.sessionCreatedMs ?? ''}`
}

function sameSession(a: ClearPrincipal, b: ClearPrincipal): boolean {
  return (
    a === b ||
    (a.uid === b.uid &&
      a.credentialUid === b.credentialUid &&
      a.sessionName === b.sessionName &&
      a.sessionCreatedMs === b.sessionCreatedMs &&
      a.credentialType === b.credentialType &&
      a.mfa === b.mfa)
  )
}

/** An operation as events name it, with the level of one kind of event. The same objects again and again. */
interface KnownOperation {
  readonly service: string
  readonly operation: string
  readonly level: AccessLevel
}

function cachedOperation(tables: EnrichmentTables): (event: ClearEvent) => KnownOperation {
  const cache = new BoundedCache<{
    readonly service: string
    readonly source: string
    readonly operation: string
    readonly known: KnownOperation[]
  }>(operationsMax)
  return (event) => {
    // Three states of the record's own flag, for each of the two kinds of event.
    const flag = event.readOnly === undefined ? 0 : event.readOnly ? 1 : 2
    const slot = event.kind === 'authentication' ? flag + 3 : flag
    let entry = cache.get(event.operation)
    if (entry === undefined || entry.service !== event.service || entry.source !== event.source) {
      const { service, source, operation } = event
      entry = { service, source, operation, known: [] }
      cache.set(event.operation, entry)
    }
    const known = entry.known[slot]
    if (known !== undefined) return known
    const { service, operation } = entry
    const fresh: KnownOperation = { service, operation, level: accessLevelOf(event, tables.accessLevels) }
    entry.known[slot] = fresh
    return fresh
  }
}

const noResources: readonly Resource[] = []

function cachedResources(
  tables: EnrichmentTables,
  pseudonymise: Pseudonymiser,
): (resources: ClearEvent['resources']) => readonly Resource[] {
  const cache = new BoundedCache<Resource>(resourcesRememberedMax)
  const criticalityOf = indexAssets(tables.context.assets)
  return (resources) => {
    if (resources.length === 0) return noResources
    return resources.map((resource) => {
      const known = cache.get(resource.uid)
      if (known !== undefined && known.type === resource.type && known.account_uid === resource.accountUid) return known
      const fresh: Resource = {
        uid: pseudonymise('res', resource.uid),
        type: resource.type,
        account_uid: resource.accountUid,
        criticality: criticalityOf(resource.uid),
      }
      cache.set(resource.uid, fresh)
      return fresh
    })
  }
}
