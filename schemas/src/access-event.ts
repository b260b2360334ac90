import type { AvroValue } from './avro.ts'

/**
 * One access to a cloud, normalised, enriched and pseudonymised: the only form of an event that leaves the enricher.
 *
 * Each field carries two attributes beside its Avro type:
 * - `ocsf`: the path of the same fact in OCSF 1.6.0 (API Activity 6003, Authentication 3002);
 * - `privacy`: `pseudonym` (HMAC of a personal value), `plain` (never personal), as `privacy.ts` defines them.
 */
export const accessEventSchema = {
  type: 'record',
  name: 'AccessEvent',
  namespace: 'io.ostiary',
  fields: [
    { name: 'event_uid', type: 'string', ocsf: 'metadata.uid', privacy: 'plain' },
    { name: 'tenant_uid', type: 'string', ocsf: 'metadata.tenant_uid', privacy: 'plain' },
    { name: 'source', type: 'string', ocsf: 'metadata.log_name', privacy: 'plain' },
    { name: 'class_uid', type: 'int', ocsf: 'class_uid', privacy: 'plain' },
    { name: 'time', type: 'long', ocsf: 'time', privacy: 'plain' },
    { name: 'late_ms', type: 'long', ocsf: 'unmapped.ostiary.late_ms', privacy: 'plain' },
    {
      name: 'identity',
      ocsf: 'actor.user',
      privacy: 'plain',
      type: {
        type: 'record',
        name: 'Identity',
        fields: [
          { name: 'uid', type: 'string', ocsf: 'actor.user.uid', privacy: 'pseudonym' },
          {
            name: 'type',
            type: {
              type: 'enum',
              name: 'IdentityType',
              symbols: ['human', 'workload', 'ci', 'cloud_internal', 'root', 'unknown'],
            },
            ocsf: 'actor.user.type',
            privacy: 'plain',
          },
          { name: 'type_evidence', type: 'string', ocsf: 'unmapped.ostiary.type_evidence', privacy: 'plain' },
          { name: 'issuer_uid', type: 'string', ocsf: 'actor.session.issuer', privacy: 'pseudonym' },
          { name: 'peer_group', type: 'string', ocsf: 'actor.user.groups.uid', privacy: 'pseudonym' },
          { name: 'team', type: 'string', ocsf: 'actor.user.org.ou_name', privacy: 'plain' },
          { name: 'zone', type: 'string', ocsf: 'unmapped.ostiary.zone', privacy: 'plain' },
          {
            name: 'privilege',
            type: { type: 'enum', name: 'Privilege', symbols: ['unknown', 'standard', 'privileged', 'admin'] },
            ocsf: 'actor.user.risk_level',
            privacy: 'plain',
          },
          { name: 'account_uid', type: 'string', ocsf: 'actor.user.account.uid', privacy: 'plain' },
        ],
      },
    },
    {
      name: 'session',
      ocsf: 'actor.session',
      privacy: 'plain',
      type: {
        type: 'record',
        name: 'Session',
        fields: [
          { name: 'uid', type: 'string', ocsf: 'actor.session.uid', privacy: 'pseudonym' },
          { name: 'credential_uid', type: 'string', ocsf: 'actor.user.credential_uid', privacy: 'pseudonym' },
          {
            name: 'credential_type',
            type: {
              type: 'enum',
              name: 'CredentialType',
              symbols: ['unknown', 'long_term', 'temporary', 'console', 'web_identity', 'service', 'none'],
            },
            ocsf: 'unmapped.ostiary.credential_type',
            privacy: 'plain',
          },
          {
            name: 'mfa',
            type: { type: 'enum', name: 'Mfa', symbols: ['unknown', 'yes', 'no'] },
            ocsf: 'actor.session.is_mfa',
            privacy: 'plain',
          },
          { name: 'created_time', type: ['null', 'long'], ocsf: 'actor.session.created_time', privacy: 'plain' },
          { name: 'chained', type: 'boolean', ocsf: 'unmapped.ostiary.chained', privacy: 'plain' },
        ],
      },
    },
    {
      name: 'api',
      ocsf: 'api',
      privacy: 'plain',
      type: {
        type: 'record',
        name: 'Api',
        fields: [
          { name: 'service', type: 'string', ocsf: 'api.service.name', privacy: 'plain' },
          { name: 'operation', type: 'string', ocsf: 'api.operation', privacy: 'plain' },
          {
            name: 'access_level',
            type: {
              type: 'enum',
              name: 'AccessLevel',
              symbols: ['unknown', 'list', 'read', 'write', 'permissions', 'tagging'],
            },
            ocsf: 'unmapped.ostiary.access_level',
            privacy: 'plain',
          },
          {
            name: 'outcome',
            type: { type: 'enum', name: 'Outcome', symbols: ['success', 'failure'] },
            ocsf: 'status',
            privacy: 'plain',
          },
          { name: 'error_code', type: 'string', ocsf: 'api.response.error', privacy: 'plain' },
          { name: 'region', type: 'string', ocsf: 'cloud.region', privacy: 'plain' },
          { name: 'target_account_uid', type: 'string', ocsf: 'cloud.account.uid', privacy: 'plain' },
        ],
      },
    },
    {
      name: 'src',
      ocsf: 'src_endpoint',
      privacy: 'plain',
      type: {
        type: 'record',
        name: 'SrcEndpoint',
        fields: [
          { name: 'ip', type: 'string', ocsf: 'src_endpoint.ip', privacy: 'pseudonym' },
          { name: 'subnet_uid', type: 'string', ocsf: 'src_endpoint.subnet_uid', privacy: 'pseudonym' },
          { name: 'asn', type: 'int', ocsf: 'src_endpoint.autonomous_system.number', privacy: 'plain' },
          { name: 'as_org', type: 'string', ocsf: 'src_endpoint.autonomous_system.name', privacy: 'plain' },
          { name: 'country', type: 'string', ocsf: 'src_endpoint.location.country', privacy: 'plain' },
          {
            name: 'network_type',
            type: {
              type: 'enum',
              name: 'NetworkType',
              symbols: ['unknown', 'access', 'cloud', 'hosting', 'vpn', 'tor', 'private', 'provider_service'],
            },
            ocsf: 'src_endpoint.type',
            privacy: 'plain',
          },
          { name: 'svc_name', type: 'string', ocsf: 'src_endpoint.svc_name', privacy: 'plain' },
          { name: 'indicator', type: 'string', ocsf: 'osint.name', privacy: 'plain' },
        ],
      },
    },
    {
      name: 'user_agent',
      ocsf: 'http_request.user_agent',
      privacy: 'plain',
      type: {
        type: 'record',
        name: 'UserAgent',
        fields: [
          { name: 'family', type: 'string', ocsf: 'unmapped.ostiary.user_agent.family', privacy: 'plain' },
          { name: 'version', type: 'string', ocsf: 'unmapped.ostiary.user_agent.version', privacy: 'plain' },
          { name: 'os', type: 'string', ocsf: 'src_endpoint.os.name', privacy: 'plain' },
          {
            name: 'kind',
            type: {
              type: 'enum',
              name: 'UserAgentKind',
              symbols: ['unknown', 'browser', 'console', 'cli', 'sdk', 'iac', 'service', 'other'],
            },
            ocsf: 'unmapped.ostiary.user_agent.kind',
            privacy: 'plain',
          },
        ],
      },
    },
    {
      name: 'resources',
      ocsf: 'resources',
      privacy: 'plain',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'Resource',
          fields: [
            { name: 'uid', type: 'string', ocsf: 'resources.uid', privacy: 'pseudonym' },
            { name: 'type', type: 'string', ocsf: 'resources.type', privacy: 'plain' },
            { name: 'account_uid', type: 'string', ocsf: 'resources.owner.account.uid', privacy: 'plain' },
            { name: 'criticality', type: 'int', ocsf: 'resources.criticality', privacy: 'plain' },
          ],
        },
      },
    },
    {
      name: 'facts',
      ocsf: 'unmapped.ostiary.facts',
      privacy: 'plain',
      type: { type: 'array', items: 'string' },
    },
  ],
} as const

/** An access event; see {@link accessEventSchema}. Times are milliseconds since the Unix epoch, UTC. */
export type AccessEvent = AvroValue<typeof accessEventSchema>

export type IdentityType = AccessEvent['identity']['type']
export type AccessLevel = AccessEvent['api']['access_level']
export type NetworkType = AccessEvent['src']['network_type']
export type CredentialType = AccessEvent['session']['credential_type']
export type UserAgentKind = AccessEvent['user_agent']['kind']
export type Privilege = AccessEvent['identity']['privilege']
