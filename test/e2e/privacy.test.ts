import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { commandFolder, expectCode, type Json, jsonLines, type Ran, setUpMs, summaryOf } from './command.ts'
import { type CloudTrailJson, clearNames, ndjson, writeOrganisation } from './organisation.ts'

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

test('no clear name, address or key id leaves without --names', () => {
  const names = clearNames(records).add('mallory.nobody')
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
  expect([...clearNames(records)].filter((name) => state.includes(name))).toEqual([])
  expect(statSync(folder.at('state')).mode & 0o777).toBe(0o600)
  writeFileSync(
    folder.at('broken.ndjson'),
    '{"userIdentity":{"arn":"arn:aws:iam::123456789012:user/mallory.nobody"}}\n',
  )
  const ran = await folder.run(['scan', 'broken.ndjson'])
  expectCode(ran, 3)
  expect(ran.stderr).not.toContain('mallory')
})

test('without --names nothing is called a name, not even a pseudonym', () => {
  const users = jsonLines(plain.stdout).flatMap((line) =>
    (line['evidences'] as { actor: { user: Json } }[]).map(({ actor }) => actor.user),
  )
  expect(users.length).toBeGreaterThan(0)
  expect(users.filter((user) => 'name' in user)).toEqual([])
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
