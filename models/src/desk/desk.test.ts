import type { Finding } from '@ostiary/schemas'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createDesk, type DeskOptions } from './desk.ts'

const options: DeskOptions = { alertsPerDay: 10, pageBits: 10, casesMax: 1000 }
const dayMs = 86_400_000
const hourMs = 3_600_000

let cases = 0

/** A case that nothing but its identity, score and time decides about. */
function finding(identity: string, time: number, score = 20): Finding {
  const identity_uid = identity
  return {
    finding_uid: `case-${cases++}`,
    identity_uid,
    time,
    score,
    policies: [],
    always: false,
    reasons: [],
  } as never
}

function pagesOf(findings: readonly Finding[]): Finding[] {
  const desk = createDesk(options)
  const state = desk.init()
  return findings
    .flatMap((one) => desk.step(state, { finding: one }))
    .filter(({ disposition }) => disposition === 'page')
}

test('whoever opens case after case takes a quarter of the day`s pages, and leaves the others theirs', () => {
  const noisy = Array.from({ length: 20 }, (_, hour) => finding('noisy', hour * hourMs))
  const other = finding('other', 20 * hourMs)
  const pages = pagesOf([...noisy, other])
  expect(pages.map((page) => page.identity_uid)).toEqual(['noisy', 'noisy', 'noisy', 'other'])
  expect(pagesOf([...noisy, finding('noisy', dayMs)])).toHaveLength(4)
})

test('says whose the pages of the day were', () => {
  const desk = createDesk(options)
  const state = desk.init()
  const alerts = [0, 1, 2, 3].flatMap((hour) => desk.step(state, { finding: finding('noisy', hour * hourMs) }))
  expect(alerts[3]).toMatchObject({
    disposition: 'digest',
    disposition_reason: '3 pages of the day went to this identity: the others are for others',
  })
})

test('no identity takes more than a quarter of the pages in a day, nobody more than the budget and what was saved up', () => {
  const one = fc.record({
    identity: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    gapMs: fc.integer({ min: 0, max: 4 * hourMs }),
  })
  fc.assert(
    fc.property(fc.array(one, { maxLength: 120 }), (given) => {
      const findings: Finding[] = []
      for (const { identity, gapMs } of given) findings.push(finding(identity, (findings.at(-1)?.time ?? 0) + gapMs))
      const pages = pagesOf(findings)
      const perDay = new Map<string, number>()
      for (const page of pages)
        for (const key of [
          `${page.identity_uid} ${Math.floor(page.time / dayMs)}`,
          `all ${Math.floor(page.time / dayMs)}`,
        ])
          perDay.set(key, (perDay.get(key) ?? 0) + 1)
      for (const [key, count] of perDay) expect(count).toBeLessThanOrEqual(key.startsWith('all') ? 20 : 3)
    }),
  )
})
