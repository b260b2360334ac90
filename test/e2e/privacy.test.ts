import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { commandFolder, expectCode, jsonLines, type Ran, setUpMs, summaryOf } from './command.ts'
import { type CloudTrailJson, ndjson, writeOrganisation } from './organisation.ts'

const folder = commandFolder()
let records: CloudTrailJson[]
let plain: Ran

beforeAll(async () => {
  records = (await writeOrganisation(folder)).slice(0, 5000)
  const broken = '{"userIdentity":{"arn":"arn:aws:iam::123456789012:user/mallory.nobody"}}\n'
  writeFileSync(folder.at('in.ndjson'), ndjson(records) + broken)
  plain = await folder.run(['scan', 'in.ndjson', '--scores', 'scores', '--state', 'state'])
  expectCode(plain, 0)
}, setUpMs)

/** What tells who somebody is: names of people and of what they use, their addresses, their keys. */
function clearNames(): Set<string> {
  const names = new Set<string>(['mallory.nobody'])
  const add = (text: unknown): void => {
    if (typeof text === 'string' && text.length >= 6) names.add(text)
  }
  for (const { userIdentity, sourceIPAddress } of records) {
    if (/^[0-9a-f.:]+$/.test(sourceIPAddress)) add(sourceIPAddress)
    const { principalId, userName, arn } = userIdentity
    // A service's own session is named for the service, which is no person.
    const session = principalId?.split(':')[1]
    if (session?.includes('@')) {
      add(session)
      add(session.split('@')[0])
    }
    if (userName?.includes('.')) add(userName)
    if (arn?.includes(':user/')) add(arn)
    add((userIdentity as { readonly accessKeyId?: string }).accessKeyId)
  }
  return names
}

test('no clear name, address or key id leaves without --names', () => {
  const names = clearNames()
  expect([...names].filter((name) => name.includes('@')).length, 'people of the organisation').toBeGreaterThan(10)
  expect([...names].filter((name) => /^\d+\.\d+\.\d+\.\d+$/.test(name)).length, 'addresses').toBeGreaterThan(20)
  const written = { stdout: plain.stdout, stderr: plain.stderr, scores: folder.text('scores') }
  for (const [where, text] of Object.entries(written)) {
    expect(text, where).not.toBe('')
    expect(
      [...names].filter((name) => text.includes(name)),
      where,
    ).toEqual([])
  }
})

test('nor into the state, nor by way of errors', async () => {
  const state = readFileSync(folder.at('state')).toString('latin1')
  expect([...clearNames()].filter((name) => state.includes(name))).toEqual([])
  expect(statSync(folder.at('state')).mode & 0o777).toBe(0o600)
  writeFileSync(
    folder.at('broken.ndjson'),
    '{"userIdentity":{"arn":"arn:aws:iam::123456789012:user/mallory.nobody"}}\n',
  )
  const ran = await folder.run(['scan', 'broken.ndjson'])
  expectCode(ran, 3)
  expect(ran.stderr).not.toContain('mallory')
})

test('--names puts names in the place of identities, --no-names takes them back, the setting too', async () => {
  const identitiesOf = ({ stdout }: Ran): string[] =>
    jsonLines(stdout).map((line) => (line['unmapped'] as { ostiary: { identity: string } }).ostiary.identity)
  const named = await folder.run(['scan', 'in.ndjson', '--names', '--scores', 'named-scores'])
  expectCode(named, 0)
  expect(identitiesOf(plain).filter((identity) => !/^id-[0-9a-f]{20}$/.test(identity))).toEqual([])
  expect(identitiesOf(named).length).toBe(identitiesOf(plain).length)
  expect(identitiesOf(named).filter((identity) => /^id-/.test(identity))).toEqual([])
  expect(jsonLines(folder.text('named-scores')).some((line) => String(line['identity']).includes('@'))).toBe(true)
  expect({ ...summaryOf(named), seconds: 0 }).toEqual({ ...summaryOf(plain), seconds: 0 })
  const env = { OSTIARY_NAMES: 'yes' }
  expect((await folder.run(['scan', 'in.ndjson'], { env })).stdout).toBe(named.stdout)
  expect((await folder.run(['scan', 'in.ndjson', '--no-names'], { env })).stdout).toBe(plain.stdout)
})

test('the key is made on first use, for its owner only; another key gives other pseudonyms', async () => {
  const key = folder.at('data', 'ostiary', 'key')
  expect(statSync(key).mode & 0o777).toBe(0o600)
  expect(statSync(folder.at('data', 'ostiary')).mode & 0o777).toBe(0o700)
  const before = readFileSync(key, 'utf8')
  expect(before).toMatch(/^ostiary-key-1 [0-9a-f]{64}\n$/)
  writeFileSync(folder.at('few.ndjson'), ndjson(records.slice(0, 50)))
  expectCode(await folder.run(['scan', 'few.ndjson', '--scores', 'few-mine']), 0)
  expectCode(await folder.run(['scan', 'few.ndjson', '--key', 'new/key', '--scores', 'few-other']), 0)
  expect(statSync(folder.at('new', 'key')).mode & 0o777).toBe(0o600)
  const identities = (name: string): Set<unknown> =>
    new Set(jsonLines(folder.text(name)).map((line) => line['identity']))
  const mine = identities('few-mine')
  const others = identities('few-other')
  expect(others.size).toBe(mine.size)
  expect([...others].filter((identity) => mine.has(identity))).toEqual([])
  expect(readFileSync(key, 'utf8')).toBe(before)
})
