import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { simulate } from '@ostiary/runtime'
import {
  type AclRule,
  aclRules,
  type PrincipalName,
  principals,
  readPartition,
  type ServiceName,
  type TopicName,
  topicNames,
} from '@ostiary/runtime/kafka'
import kafkajs from 'kafkajs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { commandFolder, expectCode, jsonLines, type Running } from '../e2e/command.ts'
import { WebhookReceiver } from '../receivers/webhook-receiver.ts'
import { writeSampleModel } from '../sample-model.ts'
import { drained } from '../torture/drained.ts'
import { administering, asking, fencing, outcomeOf, reading, writing } from './attempts.ts'
import { decisionsOf } from './audit.ts'
import { SecuredCluster } from './secured-cluster.ts'

const stages: readonly ServiceName[] = ['enricher', 'detector', 'census', 'desk']
const resourceNames = { topic: 'Topic', group: 'Group', 'transactional-id': 'TransactionalId' }
const transactionalIds = [
  'enricher-access.raw-0',
  'detector-access.events-0',
  'census-access.census-0',
  'desk-access.findings-0',
  'modeller-models',
  'reviewer-feedback',
]
const webhookSecret = 'a secret of enough bytes'
const otherAuthority = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=Another authority']
/** Thirteen processes start in it; a machine that does much else takes its time. */
const runMsMax = 400_000
const dayMs = 86_400_000
const startMs = Date.parse('2026-01-05T00:00:00Z')

const folder = commandFolder()
let cluster: SecuredCluster
let receiver: WebhookReceiver
beforeAll(async () => {
  cluster = await SecuredCluster.make(folder)
  receiver = await WebhookReceiver.open(webhookSecret)
  writeFileSync(folder.at('webhook'), webhookSecret, { mode: 0o600 })
  writeFileSync(folder.at('wrong'), wrongPassword, { mode: 0o600 })
  const files = ['-keyout', folder.at('other.key'), '-out', folder.at('other-authority.pem')]
  execFileSync('openssl', [...otherAuthority, ...files])
})
afterAll(async () => {
  await cluster?.close()
  await receiver?.close()
})

/** Two and a half days of an organisation, so that a census comes in force, in two parts. */
function records(): [string, string] {
  const lines: string[] = []
  for (const { record, timeMs } of simulate({ seed: 5, identities: 40, days: 12, startMs, attacks: true }))
    if (timeMs >= startMs + 8 * dayMs && timeMs < startMs + 10.5 * dayMs) lines.push(`${JSON.stringify(record)}\n`)
  const middle = Math.floor(lines.length / 2)
  return [lines.slice(0, middle).join(''), lines.slice(middle).join('')]
}

function startStages(): void {
  for (const stage of stages) cluster.start(stage, stage === 'enricher' ? ['--key', folder.at('pseudonym-key')] : [])
}

async function untilDrained(): Promise<void> {
  const kafka = cluster.client('admin')
  const admin = kafka.admin()
  await admin.connect()
  await drained({ kafka, admin, topicPrefix: cluster.prefix, timeoutMs: 120_000, tell: () => undefined })
  await admin.disconnect()
}

/** Where a collector takes records. */
async function addressOf({ seen }: Running): Promise<string> {
  for (;;) {
    const address = /"address":"([^"]+)"/.exec(seen().stdout + seen().stderr)?.[1]
    if (address !== undefined) return address
    await sleep(50)
  }
}

async function collect(text: string): Promise<void> {
  const address = await addressOf(
    cluster.start('collector', ['--collect', '127.0.0.1:0', '--token-file', folder.at('token')]),
  )
  for (;;) {
    // Until it is connected it answers 503, and reads no more of what is under way.
    const answer = await fetch(`http://${address}/v1/records`, {
      method: 'POST',
      headers: { authorization: `Bearer ${cluster.collectorToken}`, 'content-type': 'application/x-ndjson' },
      body: text,
    }).catch(() => undefined)
    const said = await answer?.text()
    if (answer !== undefined && answer.status !== 503) {
      expect(answer.ok, said).toBe(true)
      return
    }
    await sleep(200)
  }
}

/** How many committed records a topic has for who reads it, in a group of their own. */
async function countOf(name: TopicName, reader: 'admin' | 'subscriber' = 'admin'): Promise<number> {
  const kafka = cluster.client(reader)
  const admin = kafka.admin()
  await admin.connect()
  let count = 0
  const topic = cluster.prefix + name
  for (const { partition, low, high } of await admin.fetchTopicOffsets(topic))
    await readPartition({
      kafka,
      groupId: `${cluster.prefix}ostiary-${reader}-count`,
      topic,
      partition,
      fromOffset: Number(low),
      toOffset: Number(high),
      onBatch: async (messages) => {
        count += messages.length
      },
    })
  await admin.disconnect()
  return count
}

test(
  'a whole run, with a crash in it, under principals of which each may do what its rules say',
  async () => {
    const [first, second] = records()
    startStages()
    await collect(first)
    await untilDrained()
    // The second part is scored by another model, whose threshold the desk has to read.
    writeSampleModel(folder.at('model'), { seed: 7 })
    const promote = ['models', 'promote', folder.at('model'), '--force', '--reason', 'a test']
    expectCode(await cluster.command('modeller', promote), 0)
    const quiet = ['--detection', 'burst.secrets', '--until', new Date(Date.now() + dayMs).toISOString()]
    expectCode(await cluster.command('reviewer', ['suppress', 'add', ...quiet, '--reason', 'a test']), 0)
    await cluster.end('SIGKILL')
    await cluster.sendGarbage()
    startStages()
    cluster.start('forwarder', ['--url', receiver.url, '--secret-file', folder.at('webhook')])
    expectCode(await cluster.command('operator', ['send', '-'], { input: second }), 0)
    await untilDrained()
    const alerts = await countOf('access.alerts')
    expect(alerts).toBeGreaterThan(0)
    expect(await countOf('access.artefacts')).toBeGreaterThan(0)
    await receiver.until(() => new Set(receiver.received.map(({ key }) => key)).size === alerts)
    const shown = await cluster.command('analyst', ['alerts'])
    expectCode(shown, 0)
    expect(jsonLines(shown.stdout).length).toBe(alerts)
    for (const name of ['access.alerts', 'access.alerts.ocsf'] as const)
      expect(await countOf(name, 'subscriber')).toBe(alerts)
    // The last one was found with a census table of the topic.
    const last = jsonLines(shown.stdout).at(-1) as { readonly finding_info: { readonly uid: string } }
    expectCode(await cluster.command('analyst', ['reproduce', last.finding_info.uid]), 0)
    const label = ['label', 'add', last.finding_info.uid, '--as', 'benign', '--reason', 'a test']
    expectCode(await cluster.command('reviewer', label), 0)
    // Two and a half days may be too few to learn from; that can be told once they were read.
    const trained = await cluster.command('trainer', ['train', '--from-kafka', '--out', folder.at('trained')])
    if (trained.code !== 0) expect(trained.stderr).toContain('(input.empty)')
    expect(trained.stderr).toContain('1 records of access.events cannot be read and are left out')
    const listed = await cluster.command('operator', ['dlq', 'list'])
    expectCode(listed, 0)
    expect(new Set(jsonLines(listed.stdout).map(({ topic }) => topic))).toEqual(
      new Set(['access.raw', 'access.events', 'access.findings', 'access.census']),
    )
    expectCode(await cluster.command('operator', ['dlq', 'replay', '--topic', 'access.raw']), 0)
    await untilDrained()
    await cluster.end('SIGTERM')
  },
  runMsMax,
)

test('no rule is too narrow or too broad: nothing was denied, and each rule allowed something', () => {
  const decisions = decisionsOf(cluster.kafka.auditLines())
  expect(decisions.filter(({ allowed }) => !allowed)).toEqual([])
  const idle = aclRules(cluster.prefix).filter(
    ({ principal, resource, name, pattern, operation }) =>
      !decisions.some(
        (one) =>
          one.principal === `ostiary-${principal}` &&
          one.operation === operation.toUpperCase() &&
          one.resource === resourceNames[resource] &&
          (pattern === 'literal' ? one.name === name : one.name.startsWith(name)),
      ),
  )
  expect(idle, 'rules that nothing needed').toEqual([])
})

/** Whether a rule of a principal says so. */
function says(
  principal: PrincipalName,
  resource: AclRule['resource'],
  operation: AclRule['operation'],
  name: string,
): boolean {
  return aclRules(cluster.prefix).some(
    (rule) =>
      rule.principal === principal &&
      rule.resource === resource &&
      rule.operation === operation &&
      (rule.pattern === 'literal' ? rule.name === name : name.startsWith(rule.name)),
  )
}

/** Lets everybody into one more group, so that reading fails by the topic only. */
async function openProbeGroups(): Promise<string> {
  const admin = cluster.client('admin').admin()
  const groups = `${cluster.prefix}probe-`
  await admin.connect()
  await admin.createAcls({
    acl: [
      {
        principal: 'User:*',
        host: '*',
        permissionType: kafkajs.AclPermissionTypes.ALLOW,
        resourceType: kafkajs.AclResourceTypes.GROUP,
        resourceName: groups,
        resourcePatternType: kafkajs.ResourcePatternTypes.PREFIXED,
        operation: kafkajs.AclOperationTypes.READ,
      },
    ],
  })
  await admin.disconnect()
  return groups
}

describe('each principal is refused everything else', () => {
  const expected = (said: boolean): string => (said ? 'allowed' : 'TOPIC_AUTHORIZATION_FAILED')

  test.each(principals)('topics, as %s', async (principal) => {
    const probes = await openProbeGroups()
    const admin = cluster.client('admin')
    const kafka = cluster.client(principal)
    for (const name of topicNames) {
      const topic = cluster.prefix + name
      // Something to be read must be there.
      await writing(admin, topic)()
      expect(await outcomeOf(writing(kafka, topic)), `${principal} writes ${name}`).toBe(
        expected(says(principal, 'topic', 'Write', topic)),
      )
      expect(
        await outcomeOf(reading(kafka, topic, `${probes}${principal}-${name}`)),
        `${principal} reads ${name}`,
      ).toBe(expected(says(principal, 'topic', 'Read', topic)))
    }
  })

  test.each(principals)('groups and transactional ids, as %s', async (principal) => {
    const kafka = cluster.client(principal)
    const topic = `${cluster.prefix}access.alerts`
    for (const other of principals)
      for (const ending of ['', '-restore-1', '-1']) {
        const group = `${cluster.prefix}ostiary-${other}${ending}`
        // Of a group that may be asked, the topic may still be refused.
        const outcome = await outcomeOf(asking(kafka, group, topic))
        expect(outcome !== 'coordinator refused', `${principal} in ${group}: ${outcome}`).toBe(
          says(principal, 'group', 'Read', group),
        )
      }
    for (const id of transactionalIds) {
      const mine = says(principal, 'transactional-id', 'Write', cluster.prefix + id)
      const outcome = await outcomeOf(fencing(kafka, cluster.prefix + id))
      expect(outcome, `${principal} as ${id}`).toBe(mine ? 'allowed' : 'coordinator refused')
    }
    const denied = decisionsOf(cluster.kafka.auditLines()).filter(
      (one) => !one.allowed && one.principal === `ostiary-${principal}` && one.resource === 'TransactionalId',
    )
    expect(new Set(denied.map(({ name }) => name))).toEqual(
      new Set(
        transactionalIds
          .map((id) => cluster.prefix + id)
          .filter((id) => !says(principal, 'transactional-id', 'Write', id)),
      ),
    )
  })

  test.each(principals)('what administrators do, as %s', async (principal) => {
    const own = aclRules(cluster.prefix).find((rule) => rule.principal === principal && rule.resource === 'topic')!
    const group = `${cluster.prefix}ostiary-stranger`
    for (const [what, attempt] of Object.entries(administering(cluster.client(principal), own.name, group)))
      expect(await outcomeOf(attempt), `${principal}: ${what}`).toMatch(/_AUTHORIZATION_FAILED$|^coordinator refused$/)
  })
})

interface Mistake {
  readonly what: string
  readonly as?: PrincipalName
  readonly env: (cluster: SecuredCluster) => Readonly<Record<string, string>>
  readonly commands: readonly (readonly string[])[]
  readonly code: number
  readonly says: RegExp
}

const alerts = ['alerts'] as const
const send = ['send', '-'] as const
const replay = ['dlq', 'replay'] as const
const checkTopics = ['topics', 'check'] as const
const detector = ['run', 'detector'] as const
/** As long as the secrets that are looked for in what is printed. */
const wrongPassword = 'f00f00f00f00f00f00f00f00'

const mistakes: readonly Mistake[] = [
  {
    what: 'a wrong password',
    env: () => ({ OSTIARY_SASL_PASSWORD: wrongPassword }),
    commands: [detector, send, replay, checkTopics],
    code: 2,
    says: /authentication failed.* Check .*OSTIARY_SASL_PASSWORD \(kafka\.refused\)/,
  },
  {
    what: 'a principal that the cluster does not know',
    env: () => ({ OSTIARY_SASL_USERNAME: 'ostiary-nobody' }),
    commands: [detector, send],
    code: 2,
    says: /authentication failed.* Check .*"saslUsername".* \(kafka\.refused\)/,
  },
  {
    what: 'a mechanism that the cluster does not offer',
    env: () => ({ OSTIARY_SASL_MECHANISM: 'scram-sha-256' }),
    commands: [send],
    code: 2,
    says: /does not support.* Check "saslMechanism".* \(kafka\.refused\)/,
  },
  {
    what: 'no name at all',
    env: () => ({ OSTIARY_SASL_MECHANISM: 'none' }),
    commands: [send, replay],
    code: 3,
    says: /Closed connection\. Check .*"saslMechanism".* \(kafka\.unavailable\)/,
  },
  {
    what: 'an authority that did not sign the certificate',
    as: 'analyst',
    env: ({ folder: { at } }) => ({ OSTIARY_TLS_CA_FILE: at('other-authority.pem') }),
    commands: [alerts, detector],
    code: 2,
    says: /certificate.*"tlsCaFile".* \(kafka\.refused\)/,
  },
  {
    what: 'no authority, so that those of Node stand',
    as: 'analyst',
    env: () => ({ OSTIARY_TLS_CA_FILE: '' }),
    commands: [alerts],
    code: 2,
    says: /certificate.*"tlsCaFile".* \(kafka\.refused\)/,
  },
  {
    what: 'a file of the authority that is not there',
    as: 'analyst',
    env: () => ({ OSTIARY_TLS_CA_FILE: '/nowhere/authority.pem' }),
    commands: [alerts],
    code: 2,
    says: /Cannot read "tlsCaFile" from "\/nowhere\/authority\.pem".* \(config\.invalid\)/,
  },
  {
    what: 'a principal without the right',
    as: 'collector',
    env: () => ({}),
    commands: [alerts, detector, ['dlq', 'list'], ['acls', 'apply']],
    code: 2,
    says: /authoriz.* "ostiary acls" lists what each service needs \(kafka\.refused\)/,
  },
  {
    what: 'a wrong password of the registry',
    as: 'detector',
    env: ({ folder: { at } }) => ({ OSTIARY_REGISTRY_PASSWORD_FILE: at('wrong') }),
    commands: [detector],
    code: 2,
    says: /Cannot register schema .* answers 401\. Check "registryUsername".* \(registry\.refused\)/,
  },
]

test.each(mistakes)(
  '$what ends the command and says what to do',
  async ({ as = 'operator', env, commands, code, says }) => {
    const ran = await Promise.all(
      commands.map((args) => cluster.command(as, args, { env: env(cluster), input: '{"a":1}\n' })),
    )
    for (const [index, { stderr, code: found }] of ran.entries()) {
      const last = stderr.trimEnd().split('\n').at(-1)
      expect(last, commands[index]!.join(' ')).toMatch(says)
      expect(found, commands[index]!.join(' ')).toBe(code)
    }
  },
)

test('no secret is in anything that was printed or given on a command line', () => {
  const printed = cluster.printed()
  expect(printed.length).toBeGreaterThan(20)
  for (const secret of [...cluster.secrets, wrongPassword, webhookSecret])
    expect(printed.filter((text) => text.includes(secret)).map((text) => text.split('\n')[0])).toEqual([])
})
