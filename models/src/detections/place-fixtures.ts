import { type Fixture, times } from './fixture.ts'
import { hourMs, testEvent } from './test-event.ts'
import { testCensus } from './test-identity.ts'

const brazil = { country: 'BR', asn: 64501, as_org: 'Example Sul', subnet_uid: 'net-2' }
const austria = { country: 'AT', asn: 64502, as_org: 'Example Ost', subnet_uid: 'net-3' }
const signIn = { class_uid: 3002, facts: ['console.login'], session: { credential_type: 'console' } } as const
const refused = { outcome: 'failure', error_code: 'AccessDenied' } as const
/** A tenant that works from Germany and, less, from Brazil. */
const brazilianTenant = testCensus([testEvent(), testEvent(), testEvent(), testEvent({ src: brazil })], 8)

/** For tests: where each detection of `place.ts` must apply, and where it must not. */
export const placeFixtures: Readonly<Record<string, Fixture>> = {
  first_country_for_tenant: {
    applies: { event: { src: brazil } },
    says: /anybody in the tenant acts from BR/,
    not: { event: { src: brazil }, census: brazilianTenant },
  },
  first_country_for_identity: {
    applies: { event: { src: brazil }, census: brazilianTenant },
    says: /^first time from BR in the 20 days it has been known.*; in the tenant about 8 uses lately/,
    not: { daily: [{}, {}, { src: brazil }], event: { src: brazil } },
  },
  impossible_travel: {
    applies: { before: [{}], event: { src: brazil } },
    says: /^in BR 1 min after DE: at least \d{4} km apart/,
    not: { before: [{}], event: { src: austria } },
  },
  first_network_for_identity: {
    applies: { event: { src: { ...brazil, network_type: 'hosting' } } },
    says: /^first time from AS64501 \(Example Sul\), a hosting network, in the 20 days it has been known/,
    not: { event: {} },
  },
  long_term_key_from_new_network: {
    applies: {
      daily: [{ session: { credential_type: 'long_term' } }, {}, {}],
      event: { session: { credential_type: 'long_term' }, src: brazil },
    },
    says: /^long-term key used from an address range not seen before \(AS64501/,
    not: { event: { session: { credential_type: 'temporary' }, src: brazil } },
  },
  first_user_agent_for_identity: {
    applies: { event: { user_agent: { family: 'other:0123abcd' } } },
    says: /^first time with a client of unknown make in the 20 days it has been known/,
    not: { daily: [{}, { user_agent: { family: 'Boto3' } }], event: { user_agent: { family: 'Boto3' } } },
  },
  first_region_for_identity: {
    applies: { event: { api: { region: 'ap-east-1' } } },
    says: /^first action in region ap-east-1 in the 20 days it has been known/,
    not: { event: { api: { region: 'eu-central-1' } } },
  },
  unusual_hour: {
    applies: { days: 40, pauseMs: 18 * hourMs, event: {} },
    says: /^active at 03:00 to 03:59 UTC, hardly ever before/,
    not: { days: 40, pauseMs: 18 * hourMs, event: { identity: { type: 'workload' } } },
  },
  many_networks: {
    applies: {
      before: Array.from({ length: 9 }, (_, i) => ({ src: { subnet_uid: `net-${i + 10}` } })),
      event: { src: { subnet_uid: 'net-99' } },
    },
    says: /^1\d different address ranges within the hour, where \d+ ranges? (?:is|are) usual/,
    not: { before: Array.from({ length: 9 }, () => ({})), event: {} },
  },
  console_login_from_new_country: {
    applies: { event: { ...signIn, src: brazil }, census: brazilianTenant },
    says: /^first console sign-in from BR in the 20 days it has been known/,
    not: { event: { src: brazil }, census: brazilianTenant },
  },
  refused_from_new_country: {
    applies: { event: { src: brazil, api: refused }, census: brazilianTenant },
    says: /^first attempt from BR, refused \(AccessDenied\), in the 20 days it has been known/,
    not: { event: { src: brazil }, census: brazilianTenant },
  },
  uncommon_country_for_identity: {
    applies: { days: 40, daily: times(8), before: [{ src: austria }], event: { src: austria } },
    says: /^from AT, as seldom before: \d(\.\d)? of \d+ events it remembers/,
    not: { days: 40, daily: times(8), event: { src: austria } },
  },
  sensitive_action_from_new_network: {
    applies: {
      event: { src: brazil, api: { service: 'iam', operation: 'PutUserPolicy', access_level: 'permissions' } },
    },
    says: /^iam:PutUserPolicy, and that for the first time from AS64501 \(Example Sul\), a home, office or mobile network,/,
    not: { event: { src: brazil } },
  },
  discovery_from_anonymous_network: {
    applies: { event: { src: { ...brazil, network_type: 'vpn' } } },
    says: /^looks around from a VPN network \(AS64501 \(Example Sul\)\) for the first time in the 20 days/,
    not: { event: { src: brazil } },
  },
}
