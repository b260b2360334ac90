import { readFileSync } from 'node:fs'
import { fields, signals } from '@ostiary/models'
import { expect, test } from 'vitest'

const page = readFileSync(new URL('../../docs/spec/signals.md', import.meta.url), 'utf8')

test('docs/spec/signals.md names every signal', () => {
  expect(signals.map((signal) => signal.id).filter((id) => !page.includes(`\`${id}\``))).toEqual([])
})

test('docs/spec/signals.md names no signal that is not registered', () => {
  const known = new Set(signals.map((signal) => signal.id))
  const named = [...page.matchAll(/^\| `([a-z_.]+)` \|/gm)].map((match) => match[1]!)
  expect(named.filter((id) => !known.has(id))).toEqual([])
})

test.each(fields.map((field) => [field.id, field] as const))('docs/spec/signals.md has the room of %s', (id, field) => {
  expect(page).toMatch(new RegExp(`^\\| \`new_value\\.${id}\` \\| .* \\| ${field.capacityMax} \\|$`, 'm'))
})
