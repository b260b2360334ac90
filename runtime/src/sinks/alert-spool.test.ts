import type { Alert } from '@ostiary/schemas'
import { expect, test } from 'vitest'
import { AlertSpool } from './alert-spool.ts'

function alertOf(uid: string, revision: number, score: number): Alert {
  return { finding_uid: uid, revision, score } as Alert
}

function textOf(spool: AlertSpool): string[] {
  return Buffer.concat([...spool.lines()])
    .toString('utf8')
    .split('\n')
    .slice(0, -1)
}

test('gives lines by score falling, then by id, with letters of any width', () => {
  const spool = new AlertSpool((alert) => `${alert.finding_uid} ✓ ${'é'.repeat(alert.revision)}`)
  for (const [uid, score] of [
    ['b', 1],
    ['a', 1],
    ['c', 7],
  ] as const)
    spool.add(alertOf(uid, 1, score))
  spool.add(alertOf('a', 3, 1))
  expect(textOf(spool)).toEqual(['c ✓ é', 'a ✓ ééé', 'b ✓ é'])
  // Reading does not use anything up, and more may come.
  spool.add(alertOf('d', 1, 3))
  expect(textOf(spool).map((line) => line[0])).toEqual(['c', 'd', 'a', 'b'])
  expect(spool.size).toBe(4)
  expect(spool.leftOut).toBe(0)
  spool.close()
})

test('over its bound the lowest score is left out, and counted', () => {
  const spool = new AlertSpool((alert) => alert.finding_uid, { findingsMax: 2 })
  for (const [uid, score] of [
    ['a', 3],
    ['b', 2],
    ['c', 1],
    ['d', 4],
  ] as const)
    spool.add(alertOf(uid, 1, score))
  expect(textOf(spool)).toEqual(['d', 'a'])
  expect(spool.leftOut).toBe(2)
  spool.close()
})

test('a long line and many lines come back whole', () => {
  const spool = new AlertSpool((alert) => `${alert.finding_uid}:${'x'.repeat(alert.revision * 100_000)}`)
  for (let i = 0; i < 20; i++) spool.add(alertOf(`f${i}`, 1 + (i % 5), i))
  const lines = textOf(spool)
  expect(lines.map((line) => line.length)).toEqual(
    Array.from({ length: 20 }, (_, i) => 19 - i).map((i) => `f${i}:`.length + (1 + (i % 5)) * 100_000),
  )
  spool.close()
})

test('of many findings with many revisions the last ones come back, whatever the order, and few others are put into words', () => {
  let worded = 0
  const spool = new AlertSpool((alert) => {
    worded += 1
    return `${alert.finding_uid}/${alert.revision}`
  })
  // Ten at a time have revisions by turns, as open cases do; the first finding speaks once more at the very end.
  for (let from = 0; from < 1000; from += 10)
    for (let revision = 1; revision <= 5; revision++)
      for (let i = from; i < from + 10; i++) spool.add(alertOf(`f${i}`, revision, i))
  expect(worded).toBeLessThan(1000)
  spool.add(alertOf('f0', 6, 2000))
  expect(textOf(spool)).toEqual(['f0/6', ...Array.from({ length: 999 }, (_, i) => `f${999 - i}/5`)])
  expect(worded).toBe(1001)
  spool.close()
})

test('what gives way is gone, whether or not it was put into words', () => {
  const spool = new AlertSpool((alert) => alert.finding_uid, { findingsMax: 300 })
  for (let i = 0; i < 600; i++) spool.add(alertOf(`f${i}`, 1, i))
  expect(textOf(spool)).toEqual(Array.from({ length: 300 }, (_, i) => `f${599 - i}`))
  expect(spool.leftOut).toBe(300)
  spool.close()
})
