import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ArtefactFile, type ArtefactManifest, artefactFiles } from '@ostiary/models'
import { afterAll, expect, test } from 'vitest'
import { loadArtefact, starterArtefactFolder, writeArtefact } from './artefact-folder.ts'

const folder = mkdtempSync(join(tmpdir(), 'ostiary-artefact-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const { files: _, ...manifest } = JSON.parse(
  readFileSync(join(starterArtefactFolder(), 'manifest.json'), 'utf8'),
) as ArtefactManifest
const files = Object.fromEntries(
  artefactFiles.map((name) => [name, readFileSync(join(starterArtefactFolder(), name))]),
) as unknown as Record<ArtefactFile, Uint8Array>

test('the model that ships loads', async () => {
  const model = await loadArtefact(starterArtefactFolder())
  expect(model.id).toMatch(/^[0-9a-f]{64}$/)
  expect(model.pageBits(10)).toBeGreaterThan(0)
})

test('what is written loads under the id that was told, and is the same bytes', async () => {
  const path = join(folder, 'deep', 'copy')
  const id = await writeArtefact(path, manifest, files)
  expect((await loadArtefact(path)).id).toBe(id)
  expect((await loadArtefact(starterArtefactFolder())).id).toBe(id)
  expect(readdirSync(path).sort()).toEqual([...artefactFiles, 'manifest.json'].sort())
  for (const name of [...artefactFiles, 'manifest.json'])
    expect(readFileSync(join(path, name)).equals(readFileSync(join(starterArtefactFolder(), name)))).toBe(true)
  expect(statSync(join(path, 'manifest.json')).mode & 0o444).toBe(0o444)
})

test('written over another, the new one counts', async () => {
  const path = join(folder, 'over')
  const before = await writeArtefact(path, manifest, files)
  const after = await writeArtefact(path, { ...manifest, seed: manifest.seed + 1 }, files)
  expect(after).not.toBe(before)
  expect((await loadArtefact(path)).id).toBe(after)
})

test.each([...artefactFiles, 'manifest.json'])('without %s it is refused, and the path is named', async (name) => {
  const path = join(folder, `without-${name}`)
  cpSync(starterArtefactFolder(), path, { recursive: true })
  rmSync(join(path, name))
  await expect(loadArtefact(path)).rejects.toMatchObject({
    code: 'model.invalid',
    message: expect.stringContaining(join(path, name)),
  })
})

test('a folder that is not there, and one that cannot be made', async () => {
  await expect(loadArtefact(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'model.invalid' })
  const file = join(starterArtefactFolder(), 'manifest.json')
  await expect(writeArtefact(join(file, 'below'), manifest, files)).rejects.toMatchObject({
    code: 'output.unwritable',
  })
})
