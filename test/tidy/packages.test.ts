import { expect, test } from 'vitest'
import { textOf, trackedFiles } from './tracked-files.ts'

interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly license?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const manifests = trackedFiles
  .filter((path) => /(^|\/)package\.json$/.test(path) && !path.includes('/fixtures/'))
  .map((path) => [path, JSON.parse(textOf(path)!) as Manifest] as const)

const exact = /^\d+\.\d+\.\d+(-[\w.]+)?$/

test.each(manifests)('%s pins exact versions', (_path, manifest) => {
  const ranges = [manifest.dependencies, manifest.devDependencies, manifest.optionalDependencies]
    .flatMap((list) => Object.entries(list ?? {}))
    .filter(([, version]) => !exact.test(version))
    .map(([name, version]) => `${name}: write the version that was tested, not ${JSON.stringify(version)}`)
  expect(ranges).toEqual([])
})

test('all packages share one version and licence, and none can be published by mistake', () => {
  const root = manifests.find(([path]) => path === 'package.json')![1]
  for (const [path, manifest] of manifests)
    expect({ path, version: manifest.version, license: manifest.license, private: manifest.private }).toEqual({
      path,
      version: root.version,
      license: 'Apache-2.0',
      private: true,
    })
})

test('one package, one version: no two rooms pin different ones', () => {
  const pinned = new Map<string, Set<string>>()
  for (const [, manifest] of manifests)
    for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }))
      pinned.set(name, (pinned.get(name) ?? new Set()).add(version))
  expect([...pinned].filter(([, versions]) => versions.size > 1).map(([name]) => name)).toEqual([])
})

test('every package outside a room’s own code has its decision', () => {
  const page = textOf('docs/decisions/0004-dependencies.md') ?? ''
  const unexplained = manifests
    .flatMap(([, manifest]) => Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }))
    .filter((name) => !manifests.some(([, { name: own }]) => own === name))
    .filter((name) => !page.includes(`\`${name}\``))
    .map((name) => `${name}: say in docs/decisions/0004-dependencies.md why it is worth depending on`)
  expect(unexplained).toEqual([])
})

test('the lock file and .npmrc name no registry: whoever installs chooses theirs', () => {
  const lock = JSON.parse(textOf('package-lock.json')!) as { packages: Record<string, { resolved?: string }> }
  const resolved = Object.entries(lock.packages)
    .filter(([, { resolved }]) => resolved?.includes(':') === true)
    .map(([path]) => `${path}: made with another npm setting: see "Lock file" in CONTRIBUTING.md`)
  expect(resolved).toEqual([])
  expect(textOf('.npmrc')).not.toMatch(/^\s*(?:@[^:]+:)?registry\s*=|:\/\/|_auth|token/im)
  expect(textOf('.npmrc')).toContain('omit-lockfile-registry-resolved=true')
})

test('the lock file holds the optional packages of every platform', () => {
  const lock = JSON.parse(textOf('package-lock.json')!) as {
    packages: Record<string, { optionalDependencies?: Record<string, string> }>
  }
  const missing = Object.entries(lock.packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => lock.packages[`node_modules/${name}`] === undefined)
      .filter((name) => lock.packages[`${path}/node_modules/${name}`] === undefined)
      .map((name) => `${name}, wanted by ${path}, is missing: see "Lock file" in CONTRIBUTING.md`),
  )
  expect(missing).toEqual([])
})
