import { readFileSync } from 'node:fs'
import { detections, policies } from '@ostiary/models'
import { expect, test } from 'vitest'

const page = readFileSync(new URL('../../docs/spec/coverage.md', import.meta.url), 'utf8')
const named = new Set([...page.matchAll(/`([a-z]+(?:_[a-z]+)+)`/g)].map((match) => match[1]!))
/** Adds events up instead of reading a signal, so it stands in no table. */
const entityRisk = 'entity_risk'
const ids = [...detections, ...policies].map((row) => row.id)

test('docs/spec/coverage.md names every detection and policy, and none that there is not', () => {
  expect(ids.filter((id) => !named.has(id))).toEqual([])
  expect([...named].filter((id) => id !== entityRisk && !ids.includes(id))).toEqual([])
})

test('docs/spec/coverage.md answers each of its 75 questions, and counts the answers right', () => {
  const rows = [...page.matchAll(/^\| (\d+) \| [^|]+ \| ([^|]+) \|$/gm)]
  expect(rows.map((row) => Number(row[1]))).toEqual(Array.from({ length: 75 }, (_, index) => index + 1))
  const unanswered = rows.filter((row) => row[2]!.startsWith('Not: ')).length
  expect(page).toContain(`${75 - unanswered} are answered, some in part, as said; ${unanswered} are not`)
})
