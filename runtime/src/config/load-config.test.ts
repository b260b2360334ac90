import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { configFileBytesMax, loadConfig } from './load-config.ts'
import { resolveConfig } from './resolve-config.ts'

let folder = ''
let file = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ostiary-config-'))
  file = join(folder, 'ostiary.yaml')
})
afterEach(async () => {
  await rm(folder, { recursive: true })
})

it('reads the file, below flags and variables', async () => {
  await writeFile(file, 'tenant: acme\nalertsPerDay: 3\ncontext: [teams.csv]\n')
  const config = await loadConfig({ flags: { alertsPerDay: '5' }, env: { OSTIARY_NAMES: 'no' }, file })
  expect(config).toMatchObject({ tenant: 'acme', alertsPerDay: 5, names: 'no', context: [join(folder, 'teams.csv')] })
  expect(await loadConfig({})).toEqual(resolveConfig())
})

it('reads a file that begins with a byte order mark', async () => {
  await writeFile(file, '\ufefftenant: acme\n')
  expect((await loadConfig({ file })).tenant).toBe('acme')
})

it('takes a file up to its bound', async () => {
  await writeFile(file, `#${' '.repeat(configFileBytesMax - 1)}`)
  expect(await loadConfig({ file })).toEqual(resolveConfig())
  await writeFile(file, `#${' '.repeat(configFileBytesMax)}`)
  await expect(loadConfig({ file })).rejects.toMatchObject({
    code: 'config.invalid',
    message: expect.stringContaining(`"${file}": it has more than 1048576 bytes`),
  })
})

it('says which file cannot be read or is no text', async () => {
  await expect(loadConfig({ file })).rejects.toMatchObject({
    code: 'input.unreadable',
    message: expect.stringContaining(file),
  })
  await expect(loadConfig({ file: folder })).rejects.toMatchObject({ code: 'input.unreadable' })
  await writeFile(file, Buffer.from('tenant: \xff', 'latin1'))
  await expect(loadConfig({ file })).rejects.toMatchObject({ code: 'config.invalid' })
})
