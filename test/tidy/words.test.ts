import { expect, test } from 'vitest'
import { textOf, trackedFiles } from './tracked-files.ts'

/** In pieces, so that this file keeps its own rule. */
const words = {
  machinePath: new RegExp(`(?<![\\w.})/-])/(?:${['wo', 'rk'].join('')}|${['ro', 'ot'].join('')})/`),
  jobPath: new RegExp(`/tmp/${['ba', 'sh'].join('')}`),
  homePath: /\/(?:home|Users)\/(?!(?:user|node|app|ada|me)\b)[a-z][\w-]*\//,
  unfinished: new RegExp(`\\b(?:${['TO', 'DO'].join('')}|${['FIX', 'ME'].join('')}|${['XX', 'X'].join('')})\\b`),
  registry: new RegExp(['registry', '(?:npmjs|yarnpkg)'].join('\\.'), 'i'),
}

const cures: Readonly<Record<keyof typeof words, string>> = {
  machinePath: 'a path of one machine: take it from an option, a variable or a temporary folder',
  jobPath: 'a path of one machine: take it from an option, a variable or a temporary folder',
  homePath: 'a path of one machine: take it from an option, a variable or a temporary folder',
  unfinished: 'finish it, or say in README.md or an issue what is missing',
  registry: 'whoever installs chooses the registry',
}

/** Texts of others, kept as they were given. */
const foreign = /^(LICENSE|NOTICE|package-lock\.json)$|\/(fixtures|artefacts)\//

test('no tracked file holds a path of one machine, a registry, or a note to finish later', () => {
  const found = trackedFiles
    .filter((path) => !foreign.test(path))
    .flatMap((path) =>
      (textOf(path) ?? '')
        .split('\n')
        .flatMap((line, index) =>
          (Object.keys(words) as (keyof typeof words)[])
            .filter((word) => words[word].test(line))
            .map((word) => `${path}:${index + 1}: ${words[word].exec(line)![0]}: ${cures[word]}`),
        ),
    )
  expect(found).toEqual([])
})

test('no tracked file is a secret', () => {
  const header = new RegExp(`-----BEGIN [A-Z ]*${['PRIVATE', 'KEY'].join(' ')}-----`)
  const secrets = trackedFiles.filter((path) => header.test(textOf(path) ?? '') || /(^|\/)\.env$/.test(path))
  expect(secrets.map((path) => `${path}: make keys when a test runs, never keep them`)).toEqual([])
})
