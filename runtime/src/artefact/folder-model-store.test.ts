import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { FolderModelStore } from './folder-model-store.ts'
import { modelInForce } from './model-in-force.ts'
import { makeModelKey, readModelKey, readPublicModelKey } from './model-keys.ts'
import { signModel } from './model-signature.ts'
import { trustKey } from './model-trust.ts'
import { rolloutOf } from './rollout.ts'
import { sampleModel } from './sample-models.ts'

const folder = mkdtempSync(join(tmpdir(), 'ostiary-registry-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let count = 0
let registry: string
let store: FolderModelStore
beforeEach(() => {
  registry = join(folder, String(count++))
  store = new FolderModelStore(registry)
})
const env = { XDG_DATA_HOME: join(folder, 'data') }
const settings = { model: '', modelTrust: '', modelSigning: 'auto' } as const

async function promote(seed: number): Promise<string> {
  const { id, bytes } = await sampleModel(seed)
  await store.put(id, { bytes, signature: undefined })
  await store.record({ action: 'promote', model: id, by: 'ada', reason: 'better' })
  return id
}

async function inForce(told: string[] = [], more: object = {}): Promise<string> {
  const tell = (text: string): void => void told.push(text)
  return (await modelInForce({ ...settings, modelRegistry: registry, ...more }, env, tell)).id
}

describe('a registry', () => {
  test('that is not there holds nothing, and leaves the model that ships', async () => {
    expect(await store.ids()).toEqual([])
    expect(await store.entries()).toEqual([])
    expect((await inForce()).length).toBe(64)
  })

  test('keeps what was put under its id, and journals what was done', async () => {
    const a = await promote(7)
    const b = await promote(8)
    expect([...(await store.ids())].sort()).toEqual([a, b].sort())
    expect((await store.read(a)).bytes.manifest).toEqual((await sampleModel(7)).bytes.manifest)
    expect(await inForce()).toBe(b)
    await store.record({ action: 'rollback', by: 'ada', reason: 'worse' })
    expect(await inForce()).toBe(a)
    expect(rolloutOf(await store.entries())).toMatchObject({ champion: a, epoch: 3 })
  })

  test('says where its journal is damaged', async () => {
    await promote(7)
    writeFileSync(join(registry, 'journal.ndjson'), 'x\n', { flag: 'a' })
    await expect(store.entries()).rejects.toMatchObject({ code: 'model.invalid' })
  })
})

describe('of what was promoted', () => {
  function damage(id: string): void {
    const path = join(registry, 'artefacts', id, 'weights.bin')
    const bytes = readFileSync(path)
    bytes[9]! ^= 1
    writeFileSync(path, bytes)
  }

  test('a damaged model is passed over for the one before it, which is told; putting it again mends it', async () => {
    const a = await promote(7)
    const b = await promote(8)
    damage(b)
    const told: string[] = []
    expect(await inForce(told)).toBe(a)
    expect(told).toEqual([expect.stringContaining(`model ${b} is passed over`)])
    await store.put(b, { bytes: (await sampleModel(8)).bytes, signature: undefined })
    expect(await inForce()).toBe(b)
  })

  test('one that lies under the id of another is passed over', async () => {
    const a = await promote(7)
    const b = await promote(8)
    writeFileSync(join(registry, 'artefacts', b, 'manifest.json'), (await sampleModel(9)).bytes.manifest)
    expect(await inForce()).toBe(a)
  })

  test('an unsigned one is passed over once there is a key, a signed one is not', async () => {
    const key = join(folder, 'key')
    makeModelKey(key)
    const modelTrust = join(folder, 'trust')
    await trustKey(modelTrust, readPublicModelKey(`${key}.pub`), '')
    const { id, bytes } = await sampleModel(7)
    await store.put(id, { bytes, signature: signModel(id, readModelKey(key)) })
    await store.record({ action: 'promote', model: id, by: 'ada', reason: 'signed' })
    await promote(8)
    const told: string[] = []
    expect(await inForce(told, { modelTrust })).toBe(id)
    expect(told[0]).toContain('model.untrusted')
    // A folder that is named needs a signature only where one is required.
    const model = join(registry, 'artefacts', (await sampleModel(8)).id)
    expect(await inForce([], { modelTrust, model })).toBe((await sampleModel(8)).id)
    await expect(inForce([], { modelTrust, model, modelSigning: 'required' })).rejects.toMatchObject({
      code: 'model.untrusted',
    })
  })
})
