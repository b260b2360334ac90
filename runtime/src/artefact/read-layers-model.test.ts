import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readLayersModelParts } from './read-layers-model.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ostiary-layers-'))
  writeFileSync(join(folder, 'group1-shard1of2'), 'ab')
  writeFileSync(join(folder, 'group1-shard2of2.bin'), 'cd')
})
afterAll(() => rmSync(folder, { recursive: true }))

function write(json: unknown, name = 'model.json'): string {
  writeFileSync(join(folder, name), typeof json === 'string' ? json : JSON.stringify(json))
  return join(folder, name)
}

test('weights of several files come one after another, from a folder or by the name of its file', async () => {
  const json = { weightsManifest: [{ paths: ['group1-shard1of2'] }, { paths: ['group1-shard2of2.bin'] }] }
  write(json)
  const parts = await readLayersModelParts(folder)
  expect(parts.modelJson).toEqual(json)
  expect(Buffer.from(parts.weights).toString()).toBe('abcd')
  expect(await readLayersModelParts(write(json, 'other.json'))).toEqual(parts)
})

test.each([['../secret'], ['/etc/passwd'], ['.hidden'], ['a/b'], [7]])(
  'weights named %j are not beside the model, and are refused',
  async (name) => {
    const path = write({ weightsManifest: [{ paths: [name] }] })
    await expect(readLayersModelParts(path)).rejects.toMatchObject({
      code: 'model.invalid',
      message: expect.stringContaining(JSON.stringify(name)),
    })
  },
)

test.each([
  ['not JSON', '{', 'model.invalid'],
  ['null', 'null', 'model.invalid'],
  ['no weights', '{}', 'model.invalid'],
  ['a group that is none', '{"weightsManifest":[null]}', 'model.invalid'],
  ['too many files', JSON.stringify({ weightsManifest: [{ paths: Array(65).fill('a') }] }), 'model.invalid'],
  ['a topology without end', ' '.repeat(1024 * 1024 + 1), 'model.invalid'],
  ['weights that are not there', '{"weightsManifest":[{"paths":["gone"]}]}', 'input.unreadable'],
])('%s is refused', async (_, text, code) => {
  await expect(readLayersModelParts(write(text))).rejects.toMatchObject({ code })
})

test('a folder without a model is told by its path', async () => {
  mkdirSync(join(folder, 'empty'), { recursive: true })
  await expect(readLayersModelParts(join(folder, 'empty'))).rejects.toThrow('model.json')
})
