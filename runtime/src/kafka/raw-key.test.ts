import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { resolveIdentity } from '@ostiary/models'
import { normaliseRecord } from '@ostiary/schemas'
import { describe, expect, test } from 'vitest'
import { rawKey } from './raw-key.ts'

const keyOf = rawKey({ tenant: 'default' })

function call(changes: Record<string, unknown>): Buffer {
  return Buffer.from(
    JSON.stringify({
      eventVersion: '1.11',
      userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/ada', accountId: '111122223333' },
      eventTime: '2026-03-01T10:00:00Z',
      eventSource: 's3.amazonaws.com',
      eventName: 'GetObject',
      awsRegion: 'eu-central-1',
      sourceIPAddress: '198.51.100.7',
      userAgent: 'aws-cli/2.15.0',
      eventID: 'b8f6a0f2-0b62-4d1a-9d0c-0f6b8f6a0f2b',
      recipientAccountId: '111122223333',
      ...changes,
    }),
  )
}
const bob = { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/bob', accountId: '111122223333' }

describe('rawKey', () => {
  test('one identity has one key, whatever it does, and another identity another', () => {
    const key = keyOf(call({}))
    expect(key).toMatch(/^[0-9a-f]{16}$/)
    expect(keyOf(call({ eventName: 'DeleteBucket', userAgent: 'Mozilla/5.0', sourceIPAddress: '203.0.113.9' }))).toBe(
      key,
    )
    expect(keyOf(call({ userIdentity: bob }))).not.toBe(key)
  })

  test('tenants share no key', () => {
    expect(rawKey({ tenant: 'other' })(call({}))).not.toBe(keyOf(call({})))
  })

  test('an envelope is keyed by its bytes, also of one record', () => {
    const wrapped = (record: Buffer): Buffer => Buffer.from(`{"Records":[${record.toString()}]}`)
    const key = keyOf(wrapped(call({})))
    expect(keyOf(wrapped(call({})))).toBe(key)
    expect(keyOf(wrapped(call({ eventName: 'PutObject' })))).not.toBe(key)
    expect(key).not.toBe(keyOf(call({})))
  })

  test.each([
    ['no JSON'],
    [''],
    ['{'],
    ['null'],
    ['[1]'],
    ['{}'],
    ['"text"'],
    [`${'['.repeat(5000)}${']'.repeat(5000)}`],
  ])('what gives no event is keyed by its bytes: %.12s', (text) => {
    expect(keyOf(Buffer.from(text))).toMatch(/^[0-9a-f]{16}$/)
    expect(keyOf(Buffer.from(text))).toBe(keyOf(Buffer.from(text)))
    expect(keyOf(Buffer.from(`${text} `))).not.toBe(keyOf(Buffer.from(text)))
  })

  test('bytes that are not UTF-8 have a key too', () => {
    expect(keyOf(Buffer.from([0xff, 0x7b, 0x00]))).toMatch(/^[0-9a-f]{16}$/)
  })

  test('with a source given, records that are not recognised as such are keyed by it', () => {
    const forced = rawKey({ tenant: 'default', source: 'aws.cloudtrail' })
    expect(forced(call({}))).toBe(keyOf(call({})))
  })

  const fixtures = join(import.meta.dirname, '../../../schemas/src/sources/aws-cloudtrail/fixtures')
  test.each(readdirSync(fixtures).filter((name) => name.endsWith('.json')))(
    'the fixture %s has the key of its identity whatever its user agent is said to be',
    (name) => {
      const fixture = JSON.parse(readFileSync(join(fixtures, name), 'utf8')) as { readonly record?: object }
      const record = fixture.record ?? fixture
      normaliseRecord(record, (outcome) => {
        if (outcome.kind !== 'event') return
        expect(resolveIdentity(outcome.event, 'browser').key).toBe(resolveIdentity(outcome.event, 'other').key)
        const again = { ...record, eventID: 'another', userAgent: 'Mozilla/5.0 (X11; Linux x86_64)' }
        expect(keyOf(Buffer.from(JSON.stringify(again)))).toBe(keyOf(Buffer.from(JSON.stringify(record))))
      })
    },
  )
})
