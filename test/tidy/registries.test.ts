import { expect, test } from 'vitest'
import { importsOf, targetOf } from './imports.ts'
import { textOf, trackedFiles } from './tracked-files.ts'

/** The lists that others are found through, and imports of theirs that register nothing. */
const registries: Readonly<Record<string, readonly string[]>> = {
  'models/src/signals/index.ts': ['models/src/signals/signal.ts', 'models/src/signals/field.ts'],
  'schemas/src/sources/index.ts': ['schemas/src/source.ts'],
  'runtime/src/sinks/index.ts': ['runtime/src/sinks/sink.ts'],
}

test.each(Object.entries(registries).filter(([path]) => trackedFiles.includes(path)))(
  'every entry of %s has its test beside it',
  (path, unregistered) => {
    const untested = importsOf(path, textOf(path)!)
      .map(targetOf)
      .filter((target) => target !== undefined && !unregistered.includes(target))
      .map((target) => target!.replace(/\.ts$/, '.test.ts'))
      .filter((test) => !trackedFiles.includes(test))
      .map(
        (test) => `${test} is missing: conformance holds what all entries share, this file what is special to the one`,
      )
    expect(untested).toEqual([])
  },
)

test('every source has its page and its fixtures', () => {
  const folders = new Set(
    trackedFiles.flatMap((path) => /^schemas\/src\/sources\/[^/]+(?=\/normalise\.ts$)/.exec(path)?.[0] ?? []),
  )
  expect(folders.size).toBeGreaterThan(0)
  const missing = [...folders].flatMap((folder) => [
    ...(trackedFiles.includes(`${folder}/README.md`)
      ? []
      : [`${folder}/README.md: say what is read, kept and dropped`]),
    ...(trackedFiles.some((path) => path.startsWith(`${folder}/fixtures/`))
      ? []
      : [`${folder}/fixtures/: add real records and what becomes of them`]),
  ])
  expect(missing).toEqual([])
})

test('decision records are numbered in order, without gaps', () => {
  const names = trackedFiles.filter((path) => path.startsWith('docs/decisions/')).map((path) => path.split('/')[2]!)
  const numbers = names.map((name) => /^(\d{4})-[a-z0-9-]+\.md$/.exec(name)?.[1] ?? `${name}: call it NNNN-what.md`)
  expect(numbers).toEqual(names.map((_, index) => String(index + 1).padStart(4, '0')))
})
