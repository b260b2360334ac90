import { describe, expect, test } from 'vitest'
import { signals } from '../signals/index.ts'
import { accountStateFixtures } from './account-state-fixtures.ts'
import { actionFixtures } from './action-fixtures.ts'
import { tacticNames, techniques } from './attack-names.ts'
import { credentialFixtures } from './credential-fixtures.ts'
import { readingOn } from './fixture.ts'
import { detections, policies } from './index.ts'
import { placeFixtures } from './place-fixtures.ts'
import { volumeFixtures } from './volume-fixtures.ts'

const rows = [...detections, ...policies]

test('ids are unique over both tables and in snake case', () => {
  expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length)
  for (const row of rows) expect(row.id).toMatch(/^[a-z]+(?:_[a-z]+)*$/)
})

test('every detection reads a registered signal', () => {
  const ids = new Set(signals.map((signal) => signal.id))
  expect(detections.filter((detection) => !ids.has(detection.signal))).toEqual([])
})

test('every row points at a technique of ATT&CK under one of its own tactics', () => {
  for (const { id, attack } of rows) {
    expect(techniques[attack.technique]?.tactics, `${id}: ${attack.technique}`).toContain(attack.tactic)
    expect(tacticNames[attack.tactic], id).toBeDefined()
  }
})

test('no name of a technique is kept that no row points at', () => {
  const used = new Set(rows.map((row) => row.attack.technique))
  expect(Object.keys(techniques).filter((technique) => !used.has(technique))).toEqual([])
})

const fixtures = {
  ...placeFixtures,
  ...credentialFixtures,
  ...actionFixtures,
  ...volumeFixtures,
  ...accountStateFixtures,
}

test('every detection has its fixtures', () => {
  expect(Object.keys(fixtures).sort()).toEqual(detections.map((detection) => detection.id).sort())
})

describe.each(detections.map((detection) => [detection.id, detection] as const))('%s', (id, detection) => {
  test('applies where it must, and says why without a pseudonym', () => {
    const { applies, says } = fixtures[id]!
    const reading = readingOn(applies, detection.signal)
    expect(reading.nats).toBeGreaterThanOrEqual(detection.natsMin)
    expect(detection.applies(reading)).toBe(true)
    const words = detection.words(reading)
    expect(words).toMatch(says)
    expect(words).not.toMatch(/undefined|NaN|(?:id|iss|ses|key|net|ip|res)-[0-9a-f]/)
  })

  test('does not apply where it must not', () => {
    const reading = readingOn(fixtures[id]!.not, detection.signal)
    expect(reading.nats >= detection.natsMin && detection.applies(reading)).toBe(false)
  })
})
