import type { ClearEvent, UserAgentKind } from '@ostiary/schemas'
import { resolveAws } from './resolve-aws.ts'
import { resolveGoogle } from './resolve-google.ts'
import { resolveMicrosoft } from './resolve-microsoft.ts'
import type { ResolvedIdentity } from './resolved-identity.ts'

/**
 * Resolves who acted, from one record alone: the person where the provider vouches for the name, else the issuing role or
 * service account. The key depends on the principal only; the type also on what the caller used (`agentKind`), so one
 * identity may show another type in another record, and its evidence says why. Total and without state.
 */
export function resolveIdentity(event: ClearEvent, agentKind: UserAgentKind): ResolvedIdentity {
  switch (event.source) {
    case 'aws.cloudtrail':
      return resolveAws(event, agentKind)
    case 'azure.activity':
    case 'entra.signin':
    case 'entra.audit':
      return resolveMicrosoft(event)
    case 'gcp.audit':
      return resolveGoogle(event)
  }
}
