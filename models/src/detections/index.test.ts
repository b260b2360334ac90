import { expect, test } from 'vitest'
import { signals } from '../signals/index.ts'
import { tacticNames, techniques } from './attack-names.ts'
import { detections, policies } from './index.ts'

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
