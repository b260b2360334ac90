import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { bearerToken } from './bearer-token.ts'

const folder = mkdtempSync(join(tmpdir(), 'ostiary-token-'))
afterAll(() => rmSync(folder, { recursive: true }))
const token = '0123456789abcdef'

describe('bearerToken', () => {
  test('takes the token, in the scheme that may be written in any case, and nothing else', () => {
    const isAuthorised = bearerToken(undefined, { OSTIARY_COLLECTOR_TOKEN: token })
    expect([`Bearer ${token}`, `bearer ${token}`, `BEARER   ${token}`].map(isAuthorised)).toEqual([true, true, true])
    const others = [undefined, '', token, 'Bearer', 'Bearer ', `Basic ${token}`, `Bearer ${token}0`, `Bearer ${token} `]
    expect(others.map(isAuthorised)).toEqual(others.map(() => false))
  })

  test('a file goes before the environment', () => {
    const file = join(folder, 'token')
    writeFileSync(file, 'fedcba9876543210\n')
    const isAuthorised = bearerToken(file, { OSTIARY_COLLECTOR_TOKEN: token })
    expect([isAuthorised('Bearer fedcba9876543210'), isAuthorised(`Bearer ${token}`)]).toEqual([true, false])
  })

  test.each([
    [{}, 'without a token'],
    [{ OSTIARY_COLLECTOR_TOKEN: '' }, 'without a token'],
    [{ OSTIARY_COLLECTOR_TOKEN: 'short' }, 'token of 5 characters'],
    [{ OSTIARY_COLLECTOR_TOKEN: `${token} ${token}` }, 'token of 33 characters'],
  ])('refuses to start with %j', (env, words) => {
    expect(() => bearerToken(undefined, env)).toThrow(words)
    expect(() => bearerToken(undefined, env)).toThrow(expect.objectContaining({ code: 'config.invalid' }))
  })

  test('an error never quotes the token', () => {
    expect(() => bearerToken(undefined, { OSTIARY_COLLECTOR_TOKEN: 'not a token' })).not.toThrow(/not a token/)
  })
})
