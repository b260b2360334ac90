import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeModelKey, readModelKey, readPublicModelKey } from './model-keys.ts'
import {
  type ModelSignature,
  readSignature,
  signatureOfText,
  signatureText,
  signModel,
  writeSignature,
} from './model-signature.ts'
import { checkTrust, loadModelTrust, type ModelTrust, trustKey } from './model-trust.ts'

const folder = mkdtempSync(join(tmpdir(), 'ostiary-trust-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const at = (name: string): string => join(folder, name)
const id = 'ab'.repeat(32)
const other = 'cd'.repeat(32)
const refused = { code: 'model.untrusted' }

let signature: ModelSignature
let stranger: ModelSignature
let trust: ModelTrust
beforeAll(async () => {
  makeModelKey(at('key'))
  makeModelKey(at('stranger'))
  signature = signModel(id, readModelKey(at('key')))
  stranger = signModel(id, readModelKey(at('stranger')))
  await trustKey(at('trust'), readPublicModelKey(at('key.pub')), 'data science')
  trust = await loadModelTrust({ modelTrust: at('trust'), modelSigning: 'auto' }, {})
})

describe('keys', () => {
  test('are for their owner only, and never take the place of a file', () => {
    expect(statSync(at('key')).mode & 0o777).toBe(0o600)
    expect(() => makeModelKey(at('key'))).toThrow(/exists already/)
  })

  test('that others may read are refused, as is what is no key, and the wrong half', () => {
    makeModelKey(at('open'))
    chmodSync(at('open'), 0o644)
    expect(() => readModelKey(at('open'))).toThrow(/chmod 600/)
    writeFileSync(at('text'), 'no key', { mode: 0o600 })
    for (const read of [
      () => readModelKey(at('text')),
      () => readModelKey(at('nowhere')),
      () => readModelKey(at('key.pub')),
      () => readPublicModelKey(at('key')),
      () => readPublicModelKey(at('text')),
    ])
      expect(read).toThrow(expect.objectContaining({ code: 'key.invalid' }))
  })
})

describe('a signature', () => {
  test('by a trusted key lets its model take effect, and no other', () => {
    expect(checkTrust(trust, id, signature)?.name).toBe('data science')
    expect(() => checkTrust(trust, other, signature)).toThrow(expect.objectContaining(refused))
    expect(() => checkTrust(trust, other, { ...signature, artefact: other })).toThrow(/not one of key/)
  })

  test('by a stranger, by a stranger in the name of a trusted key, or none, is refused', () => {
    expect(() => checkTrust(trust, id, stranger)).toThrow(/not trusted/)
    expect(() => checkTrust(trust, id, { ...stranger, key: signature.key })).toThrow(/not one of key/)
    expect(() => checkTrust(trust, id, undefined)).toThrow(/not signed/)
  })

  test('with one character changed is refused', () => {
    const { signature: text } = signature
    for (let place = 0; place < 80; place += 9) {
      const changed = text.slice(0, place) + (text[place] === 'A' ? 'B' : 'A') + text.slice(place + 1)
      expect(() => checkTrust(trust, id, { ...signature, signature: changed })).toThrow(
        expect.objectContaining(refused),
      )
    }
  })

  test('comes through a folder and through a line; what is none is told', async () => {
    await writeSignature(folder, signature)
    expect(await readSignature(folder)).toEqual(signature)
    expect(signatureOfText(id, signatureText(signature))).toEqual(signature)
    for (const text of ['', 'x', `${signature.key}:`, `${signatureText(signature)}x`])
      expect(signatureOfText(id, text)).toBeUndefined()
    for (const text of ['', '{}', '[', '{"version":1}', JSON.stringify({ ...signature, version: 2 })]) {
      writeFileSync(at('signature.json'), text)
      await expect(readSignature(folder)).rejects.toMatchObject(refused)
    }
    rmSync(at('signature.json'))
    expect(await readSignature(folder)).toBeUndefined()
  })
})

describe('trust', () => {
  test('asks for no signature while it holds no key, unless the setting says so; the one that ships needs none', async () => {
    const env = { XDG_DATA_HOME: at('empty') }
    const open = await loadModelTrust({ modelTrust: '', modelSigning: 'auto' }, env)
    expect(checkTrust(open, id, undefined)).toBeUndefined()
    expect(checkTrust(open, id, stranger)).toBeUndefined()
    const strict = await loadModelTrust({ modelTrust: '', modelSigning: 'required' }, env)
    expect(() => checkTrust(strict, id, undefined)).toThrow(/not signed/)
    expect(checkTrust(strict, strict.starter, undefined)).toBeUndefined()
  })

  test('keeps what it holds when a key comes to it, and one key once', async () => {
    await trustKey(at('two'), readPublicModelKey(at('key.pub')), '')
    await trustKey(at('two'), readPublicModelKey(at('stranger.pub')), 'b')
    await trustKey(at('two'), readPublicModelKey(at('key.pub')), 'a')
    const { keys } = await loadModelTrust({ modelTrust: at('two'), modelSigning: 'auto' }, {})
    expect(keys.map(({ name }) => name)).toEqual(['b', 'a'])
    expect(readFileSync(at('two'), 'utf8')).toMatch(/^(ed25519 [A-Za-z0-9+/]{43}= [ab]\n){2}$/)
  })

  test('whose file is damaged, or not there though it was named, trusts nothing', async () => {
    writeFileSync(at('damaged'), 'ed25519 AAAA\n')
    for (const name of ['damaged', 'nowhere'])
      await expect(loadModelTrust({ modelTrust: at(name), modelSigning: 'auto' }, {})).rejects.toMatchObject({
        code: 'key.invalid',
      })
  })
})
