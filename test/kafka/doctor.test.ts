import { writeFileSync } from 'node:fs'
import { aclEntries, aclRules, freePort, subjectOf, topics } from '@ostiary/runtime/kafka'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { commandFolder, expectCode, jsonLines, type Ran } from '../e2e/command.ts'
import { freshPrefix, kafkaForTests } from './harness.ts'
import { SecuredCluster } from './secured-cluster.ts'

const folder = commandFolder()
const wrongPassword = 'nobody has this password'
let cluster: SecuredCluster
beforeAll(async () => {
  cluster = await SecuredCluster.make(folder)
  writeFileSync(folder.at('wrong'), wrongPassword, { mode: 0o600 })
})
afterAll(() => cluster?.close())

/** As who may do everything there. */
function asAdmin(): Record<string, string> {
  return { OSTIARY_BROKERS: cluster.kafka.adminBrokers, OSTIARY_SASL_MECHANISM: 'none', OSTIARY_TLS: 'no' }
}

function statesOf(ran: Ran): Record<string, unknown> {
  return Object.fromEntries(jsonLines(ran.stdout).map(({ check, state }) => [check, state]))
}

function detailOf(ran: Ran, name: string): string {
  return String(jsonLines(ran.stdout).find(({ check }) => check === name)?.['detail'])
}

test('an administrator sees all in order: topics, schemas, clock, and the exact rules of a principal', async () => {
  const args = ['doctor', '--principal', 'enricher', '--key', folder.at('pseudonym-key')]
  const ran = await cluster.command('enricher', args, { env: asAdmin() })
  expectCode(ran, 0)
  const { clock, disk, memory, ...states } = statesOf(ran)
  expect(states).toEqual({
    config: 'ok',
    node: 'ok',
    'open files': 'ok',
    key: 'ok',
    secrets: 'ok',
    model: 'ok',
    tables: 'ok',
    registry: 'ok',
    broker: 'ok',
    topics: 'ok',
    rights: 'ok',
    traces: 'skipped',
  })
  // What these say is the machine's.
  expect([clock, disk, memory]).not.toContain('failure')
  expect(detailOf(ran, 'rights')).toContain('and nothing else')
})

test('a principal that looks for itself is told what it may not ask, and sees its own topics', async () => {
  const ran = await cluster.command('desk', ['doctor', '--principal', 'desk'])
  expectCode(ran, 0)
  expect(statesOf(ran)).toMatchObject({ broker: 'ok', topics: 'skipped', rights: 'ok', key: 'skipped' })
  const other = await cluster.command('desk', ['doctor', '--principal', 'collector'])
  expectCode(other, 1)
  expect(statesOf(other)).toMatchObject({ broker: 'ok', rights: 'failure' })
  expect(detailOf(other, 'rights')).toMatch(/"ostiary-desk", who is not "ostiary-collector", cannot see \S+access\.raw/)
})

test('a wrong password is told with the setting to look at, and what stands on it is left out', async () => {
  const ran = await cluster.command('desk', ['doctor', '--principal', 'desk'], {
    env: { OSTIARY_SASL_PASSWORD_FILE: folder.at('wrong') },
  })
  expectCode(ran, 1)
  expect(statesOf(ran)).toMatchObject({ registry: 'ok', broker: 'failure', topics: 'skipped', rights: 'skipped' })
  expect(detailOf(ran, 'broker')).toContain('"saslPasswordFile"')
  expect(ran.stdout + ran.stderr).not.toContain(wrongPassword)
})

test('a registry that is away, or asks for another password, is told; the broker is looked at all the same', async () => {
  const away = await cluster.command('desk', ['doctor'], {
    env: { ...asAdmin(), OSTIARY_REGISTRY_URL: `http://127.0.0.1:${await freePort()}` },
  })
  expectCode(away, 1)
  const states = { registry: 'failure', clock: 'skipped', broker: 'ok', topics: 'skipped' }
  expect(statesOf(away)).toMatchObject(states)
  expect(detailOf(away, 'registry')).toContain('ECONNREFUSED')
  const refused = await cluster.command('desk', ['doctor'], {
    env: { ...asAdmin(), OSTIARY_REGISTRY_PASSWORD_FILE: folder.at('wrong') },
  })
  expectCode(refused, 1)
  expect(statesOf(refused)).toMatchObject(states)
  expect(detailOf(refused, 'registry')).toContain('"registryPasswordFile"')
})

test('a schema that ours cannot follow is named', async () => {
  const { registryUrl } = await kafkaForTests()
  const prefix = freshPrefix()
  const schema = topics['access.alerts'].schemas[0]!
  const subject = subjectOf(`${prefix}access.alerts`, schema)
  const foreign = {
    type: 'record',
    name: schema.name,
    namespace: schema.namespace,
    fields: [{ name: 'revision', type: 'bytes' }],
  }
  const tell = async (method: string, path: string, body: object): Promise<void> => {
    const headers = { 'content-type': 'application/vnd.schemaregistry.v1+json' }
    expect((await fetch(`${registryUrl}${path}`, { method, headers, body: JSON.stringify(body) })).ok).toBe(true)
  }
  await tell('POST', `/subjects/${encodeURIComponent(subject)}/versions`, { schema: JSON.stringify(foreign) })
  await tell('PUT', `/config/${encodeURIComponent(subject)}`, { compatibility: 'BACKWARD' })
  const ran = await folder.run(['doctor', '--registry-url', registryUrl, '--topic-prefix', prefix])
  expectCode(ran, 1)
  expect(statesOf(ran)).toMatchObject({ registry: 'failure', broker: 'skipped', topics: 'skipped' })
  expect(detailOf(ran, 'registry')).toContain(subject)
})

test('a topic and a rule that are gone are named, with what makes them', async () => {
  const admin = cluster.client('admin').admin()
  await admin.connect()
  const topic = `${cluster.prefix}access.alerts.ocsf`
  const { principal: _, ...rule } = aclEntries(aclRules(cluster.prefix), 'ostiary-').find(
    ({ principal, resourceName }) => principal === 'User:ostiary-desk' && resourceName === topic,
  )!
  await admin.deleteAcls({ filters: [{ ...rule, principal: 'User:ostiary-desk' }] })
  await admin.deleteTopics({ topics: [topic] })
  await admin.disconnect()
  const ran = await cluster.command('desk', ['doctor', '--principal', 'desk'], { env: asAdmin() })
  expectCode(ran, 1)
  expect(statesOf(ran)).toMatchObject({ topics: 'failure', rights: 'failure' })
  expect(detailOf(ran, 'topics')).toContain('"ostiary topics apply"')
  expect(detailOf(ran, 'topics')).toContain(`${topic}: is missing`)
  expect(detailOf(ran, 'rights')).toContain(`not allowed: write topic ${topic}`)
  const own = await cluster.command('desk', ['doctor', '--principal', 'desk'])
  expectCode(own, 1)
  expect(detailOf(own, 'rights')).toContain(topic)
})
