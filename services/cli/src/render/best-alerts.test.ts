import { expect, test } from 'vitest'
import { BestAlerts } from './best-alerts.ts'
import { testAlert } from './test-alert.ts'

test('holds pages before the digest, then the highest scores, the last revision of each', () => {
  const best = new BestAlerts(3)
  best.add(testAlert({ finding_uid: 'a', score: 30, disposition: 'digest' }))
  best.add(testAlert({ finding_uid: 'b', score: 10 }))
  best.add(testAlert({ finding_uid: 'c', score: 20 }))
  best.add(testAlert({ finding_uid: 'd', score: 40, disposition: 'digest' }))
  best.add(testAlert({ finding_uid: 'b', score: 25 }))
  expect(best.ordered().map(({ finding_uid: uid, score }) => [uid, score])).toEqual([
    ['b', 25],
    ['c', 20],
    ['d', 40],
  ])
})

test('of very many keeps the best, in bounded room', () => {
  const best = new BestAlerts(5)
  for (let i = 0; i < 1000; i++) {
    best.add(testAlert({ finding_uid: `f-${i}`, score: (i * 37) % 1000 }))
    expect(best.size).toBeLessThanOrEqual(20)
  }
  expect(best.ordered().map(({ score }) => score)).toEqual([999, 998, 997, 996, 995])
})
