import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keyIdOf, loadOrCreateKey } from '@ostiary/runtime'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { outcomeOf } from './examine.ts'
import { diskOutcome, keyOutcome, secretsOutcome } from './file-checks.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ostiary-doctor-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('keyOutcome', () => {
  it('names a key without giving it away', () => {
    const keyFile = join(folder, 'key')
    const key = loadOrCreateKey(keyFile)
    const outcome = keyOutcome({ keyFile, keyNeeded: true })
    expect(outcome.state).toBe('ok')
    expect(outcome.detail).toContain(keyIdOf(key))
    expect(outcome.detail).not.toContain(key.toString('hex'))
  })

  it('does without a key that nobody asked for, and not without one that is needed', async () => {
    const keyFile = join(folder, 'none')
    expect(keyOutcome({ keyFile, keyNeeded: false }).state).toBe('skipped')
    expect(await outcomeOf(async () => keyOutcome({ keyFile, keyNeeded: true }))).toMatchObject({ state: 'failure' })
  })

  it('refuses a key that others may open, and says the command that mends it', async () => {
    const keyFile = join(folder, 'key')
    loadOrCreateKey(keyFile)
    chmodSync(keyFile, 0o640)
    const outcome = await outcomeOf(async () => keyOutcome({ keyFile, keyNeeded: false }))
    expect(outcome).toMatchObject({ state: 'failure', detail: expect.stringContaining(`chmod 600 ${keyFile}`) })
  })
})

describe('secretsOutcome', () => {
  const none = { saslPasswordFile: '', registryPasswordFile: '', tlsKeyFile: '' }

  it('has nothing to say where no file is named', () => {
    expect(secretsOutcome(none).state).toBe('skipped')
  })

  it.each([
    [0o600, 'ok'],
    [0o440, 'ok'],
    [0o644, 'warning'],
  ])('a password of mode %o is %s', (mode, state) => {
    const saslPasswordFile = join(folder, 'password')
    writeFileSync(saslPasswordFile, 'word of the day')
    chmodSync(saslPasswordFile, mode)
    const outcome = secretsOutcome({ ...none, saslPasswordFile })
    expect(outcome.state).toBe(state)
    expect(outcome.detail).not.toContain('word of the day')
  })

  it('tells all that is wrong, as bad as the worst of it', () => {
    const saslPasswordFile = join(folder, 'password')
    writeFileSync(saslPasswordFile, 'word', { mode: 0o600 })
    chmodSync(saslPasswordFile, 0o604)
    const outcome = secretsOutcome({ ...none, saslPasswordFile, tlsKeyFile: join(folder, 'gone') })
    expect(outcome.state).toBe('failure')
    expect(outcome.detail.split('\n')).toEqual([
      expect.stringContaining('saslPasswordFile'),
      expect.stringContaining('tlsKeyFile'),
    ])
  })
})

describe('diskOutcome', () => {
  it('looks at the nearest folder that is there', () => {
    const outcome = diskOutcome([join(folder, 'a', 'b')])
    expect(outcome.detail).toContain(`"${join(folder, 'a', 'b')}"`)
    expect(outcome.detail).toContain('free')
  })

  it('a file in the place of a folder stands in the way', () => {
    const file = join(folder, 'file')
    writeFileSync(file, '')
    expect(diskOutcome([folder, join(file, 'below')])).toEqual({
      state: 'failure',
      detail: expect.stringContaining(`"${file}" is no folder`),
    })
  })
})
