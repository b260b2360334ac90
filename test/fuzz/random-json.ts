import type { Dice } from './dice.ts'

const texts = [
  '',
  'a',
  '2026-03-02T08:00:00Z',
  '9999-99-99T99:99:99Z',
  'arn:aws:iam::111122223333:user/ines',
  'arn:',
  ':::::::',
  '{',
  '{}',
  '%7B%E0%A4%A',
  '[{"a":1}]',
  '\u0000',
  '\ud800',
  'true',
  '*',
  'ñ'.repeat(3000),
  '/'.repeat(500),
  "{'a': None, 'b': [True,",
] as const
const numbers = [0, -0, 1, -1, 0.5, 1e308, -1e308, 5e-324, 2 ** 53, 1_772_438_400_000] as const
const strangeKeys = ['__proto__', 'constructor', 'toString', 'length', '', '0', 'a.b', 'type', 'resources'] as const

/** Any JSON value, with `keys` for some of its members' names. */
export function randomJson(dice: Dice, keys: readonly string[], depth = 0): unknown {
  switch (dice.below(depth > 3 ? 4 : 7)) {
    case 0:
      return dice.oneIn(2) ? null : dice.oneIn(2)
    case 1:
      return dice.of(numbers)
    case 2:
    case 3:
      return dice.of(texts)
    case 4:
      return Array.from({ length: dice.below(4) }, () => randomJson(dice, keys, depth + 1))
    default:
      return randomObject(dice, keys, depth)
  }
}

/** Any JSON object; members called `__proto__` are its own, as those of parsed text are. */
export function randomObject(dice: Dice, keys: readonly string[], depth = 0): Record<string, unknown> {
  return Object.fromEntries(
    Array.from({ length: dice.below(6) }, () => [
      dice.oneIn(4) ? dice.of(strangeKeys) : dice.of(keys),
      randomJson(dice, keys, depth + 1),
    ]),
  )
}

/** The value with one of its members, at any depth, replaced, removed or doubled. */
export function mutated(dice: Dice, value: unknown, keys: readonly string[]): unknown {
  if (value === null || typeof value !== 'object' || dice.oneIn(5)) return randomJson(dice, keys, 2)
  if (Array.isArray(value)) {
    const at = dice.below(value.length + 1)
    if (at === value.length) return [...value, ...value]
    return value.map((member: unknown, i) => (i === at ? mutated(dice, member, keys) : member))
  }
  const entries = Object.entries(value)
  const at = dice.below(entries.length + 1)
  const entry = entries[at]
  if (entry === undefined) return { ...value, [dice.of(keys)]: randomJson(dice, keys, 2) }
  if (dice.oneIn(8)) return Object.fromEntries(entries.filter((_entry, i) => i !== at))
  return Object.fromEntries(entries.map(([key, member], i) => [key, i === at ? mutated(dice, member, keys) : member]))
}
