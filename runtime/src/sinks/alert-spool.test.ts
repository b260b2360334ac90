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
