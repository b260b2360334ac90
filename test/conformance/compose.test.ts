import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig, loadOrCreateKey } from '@ostiary/runtime'
import { kafkaVersion, topicNames, topics } from '@ostiary/runtime/kafka'
import { afterAll, describe, expect, test } from 'vitest'
import { root } from '../tidy/tracked-files.ts'
import { type ComposeService, compose, ours, services } from './compose-file.ts'

/** The keys of the Compose Specification that we use; what is written wrong is another key, and would be passed over. */
const topKeys = ['name', 'services', 'secrets', 'volumes', 'networks']
const serviceKeys = [
  ...['image', 'build', 'command', 'user', 'environment', 'secrets', 'volumes', 'networks', 'ports', 'depends_on'],
  ...['read_only', 'tmpfs', 'cap_drop', 'security_opt', 'init', 'restart', 'stop_grace_period', 'pids_limit'],
  ...['mem_limit', 'healthcheck', 'logging'],
]
const healthKeys = ['test', 'interval', 'timeout', 'retries', 'start_period', 'start_interval', 'disable']
const conditions = ['service_healthy', 'service_completed_successfully']

const runs = ours.filter(([, { command }]) => command?.[0] === 'run')
const foreign = services.filter(([, { image }]) => image !== undefined)

/** Fragments are ours to name. */
function unknownKeys(given: object, known: readonly string[]): readonly string[] {
  return Object.keys(given).filter((key) => !known.includes(key) && !key.startsWith('x-'))
}

describe('docker-compose.yml', () => {
  test('has no key that Compose would not know', () => {
    expect(unknownKeys(compose, topKeys)).toEqual([])
    for (const [name, service] of services) {
      expect(unknownKeys(service, serviceKeys), name).toEqual([])
      expect(unknownKeys(service.healthcheck ?? {}, healthKeys), name).toEqual([])
    }
  })

  test('runs every service that there is, and no other', () => {
    const stages = topicNames.flatMap((name) => topics[name].writers)
    // The forwarder needs somebody to tell: it is added by whoever has a receiver.
    expect(runs.map(([name]) => name).sort()).toEqual([...new Set(stages)].sort())
    for (const [name, { command }] of runs) expect(command?.[1], name).toBe(name)
  })

  test('whatever is referred to is declared, and whatever is declared is used', () => {
    const used = (of: (service: ComposeService) => readonly string[]): string[] =>
      [...new Set(services.flatMap(([, service]) => of(service)))].sort()
    expect(used(({ secrets = [] }) => secrets)).toEqual(Object.keys(compose.secrets).sort())
    expect(used(({ networks = [] }) => networks)).toEqual(Object.keys(compose.networks).sort())
    const mounts = used(({ volumes = [] }) => volumes.map((volume) => volume.split(':')[0]!))
    expect(mounts.filter((source) => !source.startsWith('.'))).toEqual(Object.keys(compose.volumes).sort())
    for (const source of mounts.filter((mount) => mount.startsWith('.')))
      expect(existsSync(join(root, source)), `${source} is mounted`).toBe(true)
  })

  test('waits for what there is, and for what can come', () => {
    for (const [name, { depends_on: needs = {} }] of services)
      for (const [needed, { condition }] of Object.entries(needs)) {
        const service = compose.services[needed]
        expect(service, `${name} waits for ${needed}`).toBeDefined()
        expect(conditions, `${name} waits for ${needed}`).toContain(condition)
        const ends = service?.healthcheck?.disable === true
        expect(condition, `${name} waits for ${needed}`).toBe(conditions[ends ? 1 : 0])
      }
  })
})

describe.each(services)('%s', (name, service) => {
  test('listens to nobody but this machine', () => {
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/)
  })

  test('has no rights it does not need, and limits', () => {
    expect(service.cap_drop).toEqual(['ALL'])
    expect(service.security_opt).toEqual(['no-new-privileges:true'])
    expect(service.mem_limit).toMatch(/^\d+[mg]$/)
    expect(service.logging?.options['max-size']).toBeDefined()
    expect(service.restart).toMatch(/^(unless-stopped|on-failure:\d)$/)
  })

  test('tells whether it is well, unless it ends', () => {
    const { healthcheck, command } = service
    if (command?.[0] === 'topics') expect(healthcheck).toEqual({ disable: true })
    else expect(healthcheck?.test?.[0], name).toBe('CMD')
  })

  test('is given secrets as files only', () => {
    const secret = /password|secret|token|key/i
    const inClear = Object.keys(service.environment ?? {}).filter((key) => secret.test(key) && !/_FILE$/.test(key))
    expect(inClear).toEqual([])
  })
})

test('the broker is the one that is tested', () => {
  expect(compose.services['kafka']!.image).toBe(`apache/kafka:${kafkaVersion}`)
})

test.each(foreign)('the image of %s has a version', (_, { image }) => {
  expect(image).toMatch(/^[a-z0-9./-]+:v?\d+\.\d+\.\d+$/)
})

/** A value as Compose reads it where none of its variables is set. */
function withDefaults(value: string): string {
  return value.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1')
}

describe.each(ours)('%s, which is ours,', (_, service) => {
  test('is an ordinary user on a file system that cannot be written', () => {
    expect(service.image, 'what is built is never pulled').toBeUndefined()
    expect(service.user).toMatch(/^\$\{DEPLOY_UID:-1000\}:\$\{DEPLOY_GID:-1000\}$/)
    expect(service.read_only).toBe(true)
    expect(service.tmpfs?.every((mount) => mount.startsWith('/tmp:') && mount.includes('noexec'))).toBe(true)
  })

  test('is set by variables that are settings, to values they take', async () => {
    const env = Object.fromEntries(
      Object.entries(service.environment ?? {}).map(([key, value]) => [key, withDefaults(`${value}`)]),
    )
    const config = await loadConfig({ env })
    expect(config.brokers.split(':')[0]).toBe('kafka')
    expect(new URL(config.registryUrl).host).toBe('registry:8080')
    expect(config.listen).toBe('0.0.0.0:9464')
    expect(config.tracesEndpoint, 'traces are off').toBe('')
  })

  test('names the files of the secrets that it is given', () => {
    const named = (service.command ?? []).filter((word) => word.startsWith('/run/secrets/'))
    expect(named.map((file) => file.slice('/run/secrets/'.length))).toEqual(service.secrets ?? [])
  })
})

describe('the heap that Node is given', () => {
  test.each(ours)('of %s leaves room for what lies outside of it', (_, { environment, mem_limit: limit = '' }) => {
    const heapMiB = Number(/^--max-old-space-size=(\d+)$/.exec(String(environment?.['NODE_OPTIONS']))?.[1])
    const limitMiB = Number(limit.slice(0, -1)) * (limit.endsWith('g') ? 1024 : 1)
    expect(heapMiB / limitMiB).toBeGreaterThan(0.5)
    expect(heapMiB / limitMiB).toBeLessThanOrEqual(0.75)
  })
})

test('secrets lie in a folder that git passes over', () => {
  for (const { file } of Object.values(compose.secrets)) expect(file).toMatch(/^deploy\/secrets\/[a-z-]+$/)
  expect(readFileSync(join(root, 'deploy/secrets/.gitignore'), 'utf8')).toBe('*\n!.gitignore\n')
})

describe('deploy/make-secrets.sh', () => {
  const at = mkdtempSync(join(tmpdir(), 'ostiary-secrets-'))
  afterAll(() => rmSync(at, { recursive: true, force: true }))
  const make = (): string => execFileSync('sh', [join(root, 'deploy/make-secrets.sh'), at], { encoding: 'utf8' })

  test('makes every secret that is declared, for its owner only, and never twice', () => {
    make()
    const files = Object.values(compose.secrets).map(({ file }) => file.slice('deploy/secrets/'.length))
    const before = files.map((file) => readFileSync(join(at, file), 'utf8'))
    for (const file of files) expect(statSync(join(at, file)).mode & 0o777, file).toBe(0o600)
    expect(new Set(before).size).toBe(before.length)
    make()
    expect(files.map((file) => readFileSync(join(at, file), 'utf8'))).toEqual(before)
  })

  test('makes a key that the enricher takes and a token that the collector takes', () => {
    make()
    const hex = loadOrCreateKey(join(at, 'pseudonym-key')).toString('hex')
    expect(readFileSync(join(at, 'pseudonym-key'), 'utf8')).toBe(`ostiary-key-1 ${hex}\n`)
    expect(readFileSync(join(at, 'collector-token'), 'utf8')).toMatch(/^[0-9a-f]{64}\n$/)
  })
})
