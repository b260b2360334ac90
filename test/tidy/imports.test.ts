import { expect, test } from 'vitest'
import { importsOf, targetOf } from './imports.ts'

const text = `import { createHash, type Hash as H } from 'node:crypto'
import type { A } from '@ostiary/schemas'
import ipaddr, { b } from "ipaddr.js"
import * as c from './c.ts'
import '../d.js'
// import { e } from 'e'
export * from './f.ts'
export {
  g,
  h,
} from '../h.ts'
const i = "import 'i'"
const j = await import('./j.ts')
export const k: import('l').L = 1
export const from = 'm'
`

test('every way to import is read, and nothing else', () => {
  expect(importsOf('models/src/x.ts', text).map(({ line, specifier, names }) => [line, specifier, ...names])).toEqual([
    [1, 'node:crypto', 'createHash', 'Hash'],
    [2, '@ostiary/schemas', 'A'],
    [3, 'ipaddr.js', 'default', 'b'],
    [4, './c.ts'],
    [5, '../d.js'],
    [7, './f.ts'],
    [8, '../h.ts', 'g', 'h'],
    [13, './j.ts'],
    [14, 'l'],
  ])
})

test('a relative import names a path from the root', () => {
  expect(
    importsOf('models/src/x.ts', text)
      .map(targetOf)
      .filter((target) => target !== undefined),
  ).toEqual(['models/src/c.ts', 'models/d.js', 'models/src/f.ts', 'models/h.ts', 'models/src/j.ts'])
})
