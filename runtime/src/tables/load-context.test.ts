import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OstiaryError } from '@ostiary/schemas'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadContext } from './load-context.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ostiary-context-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true })
})

async function file(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text)
  return join(folder, name)
}

describe('loadContext', () => {
  it('is empty without files and with empty ones', async () => {
    const empty = { identities: [], assets: [], indicators: [] }
    expect(await loadContext([])).toEqual(empty)
    expect(await loadContext([await file('empty.yaml', ''), await file('empty.csv', '')])).toEqual(empty)
  })

  it('reads the same rows from JSON, YAML and CSV', async () => {
    const expected = {
      identities: [{ match: 'ada@example.com', team: 'video', zone: 'Europe/Berlin', privilege: 'admin' }],
      assets: [{ pattern: 'prod-*', criticality: 4 }],
      indicators: [{ value: '203.0.113.0/24', name: 'example list', networkType: 'tor' }],
    }
    const rows = {
      identities: [{ match: 'ada@example.com', team: 'video', zone: 'Europe/Berlin', privilege: 'admin' }],
      assets: [{ pattern: 'prod-*', criticality: 4 }],
      indicators: [{ value: '203.0.113.0/24', name: 'example list', network_type: 'tor' }],
    }
    const yaml = `
identities:
  - { match: ada@example.com, team: video, zone: Europe/Berlin, privilege: admin }
assets:
  - { pattern: 'prod-*', criticality: 4 }
indicators:
  - { value: 203.0.113.0/24, name: example list, network_type: tor }
`
    expect(await loadContext([await file('all.json', JSON.stringify(rows))])).toEqual(expected)
    expect(await loadContext([await file('all.yml', yaml)])).toEqual(expected)
    const csv = await Promise.all([
      file('identities.csv', 'match,team,zone,privilege\nada@example.com,video,Europe/Berlin,admin\n'),
      file('assets.csv', 'pattern,criticality\nprod-*,4\n'),
      file('indicators.csv', 'value,name,network_type\n203.0.113.0/24,example list,tor\n'),
    ])
    expect(await loadContext(csv)).toEqual(expected)
  })

  it('joins files in their order and fills what is not stated', async () => {
    const first = await file('first.csv', 'match\nada\n')
    const second = await file('second.csv', 'match,team\nbob,web\n')
    const { identities } = await loadContext([second, first])
    expect(identities).toEqual([
      { match: 'bob', team: 'web', zone: '', privilege: 'unknown' },
      { match: 'ada', team: '', zone: '', privilege: 'unknown' },
    ])
  })

  it.each([
    ['unknown-key.json', '{"identities":[{"match":"ada","teem":"video"}]}', 'teem'],
    ['unknown-list.json', '{"persons":[]}', 'persons'],
    ['unknown-column.csv', 'pattern,criticallity\nprod,4\n', 'criticallity'],
    ['no-list.csv', 'name,team\nada,video\n', '"match", "pattern" or "value"'],
    ['criticality.json', '{"assets":[{"pattern":"x","criticality":5}]}', 'criticality'],
    ['criticality.csv', 'pattern,criticality\nx,high\n', 'criticality'],
    ['network.json', '{"indicators":[{"value":"203.0.113.0/99","name":"x"}]}', 'expected an IP address'],
    ['zone.json', '{"identities":[{"match":"x","zone":"Mars/Olympus"}]}', 'IANA time zone'],
    ['broken.json', '{', 'Cannot parse'],
    ['broken.yaml', 'a: [', 'Cannot parse'],
    ['list.txt', 'ada', 'name it .json'],
  ])('refuses %s and says why', async (name, text, message) => {
    const path = await file(name, text)
    const failure: unknown = await loadContext([path]).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(OstiaryError)
    expect((failure as OstiaryError).code).toBe('config.invalid')
    expect((failure as OstiaryError).message).toContain(message)
    expect((failure as OstiaryError).message).toContain(path)
  })

  it('tells a missing file from a wrong one', async () => {
    await expect(loadContext([join(folder, 'absent.json')])).rejects.toMatchObject({ code: 'input.unreadable' })
  })
})
