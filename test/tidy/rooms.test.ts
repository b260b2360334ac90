import { describe, expect, test } from 'vitest'
import { type ImportLine, importsOf, targetOf } from './imports.ts'
import { sourceFiles, textOf, trackedFiles } from './tracked-files.ts'

/** What each room may import of the others; a service may import these and never another service. */
const roomImports: Readonly<Record<string, readonly string[]>> = {
  schemas: [],
  models: ['@ostiary/schemas'],
  runtime: ['@ostiary/schemas', '@ostiary/models', '@ostiary/models/train'],
  services: ['@ostiary/schemas', '@ostiary/models', '@ostiary/models/train', '@ostiary/runtime'],
  test: ['@ostiary/schemas', '@ostiary/models', '@ostiary/models/train', '@ostiary/runtime'],
}
/** The command, and what starts a service by its name: they alone know of the services. */
const composers = ['services/cli', 'services/launcher']

/** `models` of `models/src/x.ts`, `services/cli` of `services/cli/src/x.ts`. */
function packageOf(path: string): string {
  return path
    .split('/')
    .slice(0, path.startsWith('services/') ? 2 : 1)
    .join('/')
}

const serviceNames = new Map(
  trackedFiles
    .filter((path) => /^services\/[^/]+\/package\.json$/.test(path))
    .map((path) => [(JSON.parse(textOf(path)!) as { name: string }).name, packageOf(path)]),
)

/** Why an import breaks a rule of the rooms, with the cure; `undefined` when it breaks none. */
function breach(line: ImportLine): string | undefined {
  const { file, specifier } = line
  const home = packageOf(file)
  const room = home.split('/')[0]!
  const target = targetOf(line)
  if (target !== undefined) {
    if (target !== home && !target.startsWith(`${home}/`))
      return `leaves ${home} by a path: export it from the other package's index and import the package by name`
    if (file.startsWith('models/src/') && target.startsWith('models/train/'))
      return 'models/src runs without TensorFlow.js: what both need belongs in src, and train imports it from there'
    return undefined
  }
  const service = serviceNames.get(
    specifier
      .split('/')
      .slice(0, specifier.startsWith('@') ? 2 : 1)
      .join('/'),
  )
  if (service !== undefined && service !== home && !composers.includes(home) && room !== 'test')
    return `is a service's: only ${composers.join(' and ')} compose services; what two share belongs in runtime`
  if (!specifier.startsWith('@ostiary/') || service !== undefined) return undefined
  // `@ostiary/runtime/kafka` is the same room by another of its doors.
  const packageName = specifier.split('/').slice(0, 2).join('/')
  if (roomImports[room]?.includes(packageName) === true && !/\/(src|dist)\//.test(specifier)) return undefined
  if (/\/(src|dist)\//.test(specifier))
    return 'reaches into another package: import the package, and export from its index'
  return `is not for ${room}, which may import ${roomImports[room]?.join(', ') || 'no other room'}: move the code or its caller`
}

function report({ file, line, specifier }: ImportLine, reason: string): string {
  return `${file}:${line}: '${specifier}' ${reason}`
}

test('imports between rooms go one way: schemas ← models ← runtime ← services', () => {
  const breaches = sourceFiles
    .filter((file) => roomImports[file.split('/')[0]!] !== undefined)
    .flatMap((file) => importsOf(file, textOf(file) ?? ''))
    .flatMap((line) => (breach(line) === undefined ? [] : [report(line, breach(line)!)]))
  expect(breaches).toEqual([])
})

test('no package depends on one it may not import', () => {
  const breaches = trackedFiles
    .filter((path) => /^(schemas|models|runtime|test|services\/[^/]+)\/package\.json$/.test(path))
    .flatMap((file) => {
      const { dependencies = {} } = JSON.parse(textOf(file)!) as { dependencies?: Record<string, string> }
      return Object.keys(dependencies)
        .map((specifier): ImportLine => ({ file, line: 1, specifier, names: [] }))
        .flatMap((line) => (breach(line) === undefined ? [] : [report(line, breach(line)!)]))
    })
  expect(breaches).toEqual([])
})

describe('the rule itself', () => {
  const line = (file: string, specifier: string): ImportLine => ({ file, line: 1, specifier, names: [] })

  test.each([
    ['schemas/src/a.ts', '@ostiary/models'],
    ['models/src/a.ts', '@ostiary/runtime'],
    ['models/src/a.ts', '../train/index.ts'],
    ['models/src/a.ts', '@ostiary/models/train'],
    ['models/src/a.ts', '../../schemas/src/index.ts'],
    ['runtime/src/a.ts', '@ostiary/models/src/snapshot.ts'],
    ['runtime/src/a.ts', 'ostiary'],
    ['services/detector/src/a.ts', 'ostiary'],
    ['services/detector/src/a.ts', '../../cli/src/main.ts'],
    ['services/detector/src/a.ts', '@ostiary/test'],
  ])('%s may not import %s', (file, specifier) => {
    expect(breach(line(file, specifier))).toBeTypeOf('string')
  })

  test.each([
    ['schemas/src/a.ts', './b.ts'],
    ['models/src/a.ts', '@ostiary/schemas'],
    ['models/train/a.ts', '../src/index.ts'],
    ['runtime/src/a.ts', '@ostiary/models'],
    ['services/cli/src/a.ts', '@ostiary/runtime'],
    ['runtime/src/a.ts', '@ostiary/models/train'],
    ['services/trainer/src/a.ts', '@ostiary/models/train'],
    ['test/a.ts', 'ostiary'],
  ])('%s may import %s', (file, specifier) => {
    expect(breach(line(file, specifier))).toBeUndefined()
  })
})
