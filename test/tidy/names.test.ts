import { expect, test } from 'vitest'
import { trackedFiles } from './tracked-files.ts'

const kebab = /^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/
/** Names that tools and readers look for in this very spelling. */
const conventional =
  /^(README|LICENSE|NOTICE|CHANGELOG|CONTRIBUTING|ARCHITECTURE|SECURITY|CODE_OF_CONDUCT|Dockerfile|Makefile|Chart)(\.[a-z]+)?$/
/** Java has a file named for the type in it. */
const javaType = /^[A-Z][A-Za-z0-9]*\.java$/
/** Folders whose files are named by whoever made what they hold: providers, trained models. */
const foreign = /(^|\/)(fixtures|artefacts|testdata)\//
/** Names that say nothing, so that everything ends up in them. */
const empty = /^(utils?|helpers?|commons?|managers?|misc|stuff)$/

test('files and folders are in kebab case', () => {
  const wrong = trackedFiles
    .filter((path) => !foreign.test(path))
    .filter((path) =>
      path.split('/').some((name) => !kebab.test(name) && !conventional.test(name) && !javaType.test(name)),
    )
    .map((path) => `${path}: rename it in kebab-case, after the one thing it holds`)
  expect(wrong).toEqual([])
})

test('no file or folder is a drawer for whatever', () => {
  const wrong = trackedFiles
    .filter((path) => path.split(/[/.\-_]/).some((word) => empty.test(word)))
    .map((path) => `${path}: name it after the one thing it holds; if it holds several, split it`)
  expect(wrong).toEqual([])
})

test('tests are called x.test.ts, so that they are found and stand beside what they test', () => {
  const wrong = trackedFiles
    .filter((path) => /\.(spec|tests)\.[jt]s$|(^|\/)__tests__\//.test(path) || /\.(test\.m?js|cts|mts)$/.test(path))
    .map((path) => `${path}: call it x.test.ts and put it beside x.ts`)
  expect(wrong).toEqual([])
})

test('no compiler output is committed beside its source', () => {
  const tracked = new Set(trackedFiles)
  const wrong = trackedFiles
    .filter((path) => /\.(d\.ts|js|mjs)(\.map)?$/.test(path))
    .filter((path) => tracked.has(path.replace(/\.(d\.ts|js|mjs)(\.map)?$/, '.ts')))
    .map((path) => `${path}: remove it from git: tsc -b writes to dist`)
  expect(wrong).toEqual([])
})
