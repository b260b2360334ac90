import { expect, test } from 'vitest'
import { functionsOf } from './functions.ts'

const text = `export function a<T>(b: T, { c }: { c: number }): Map<string, { d: T }> {
  if (b) {
    return e(() => {
      f()
    })
  }
}
async function* g(): AsyncGenerator<number> {
}
function h(): { readonly i: number } {
  return { i: 1 }
}
function j(): number
function j(k?: string): number {
  return 1
}
class L {
  #m = 1
  constructor(n: string) {
  }
  get o(): string | undefined {
    return undefined
  }
  static #p<T>(
    q: T,
  ): T {
    while (q) {
    }
    s(q)
  }
}
interface T {
  u(v: string): string
  w(): { x: number }
}
const y = { z(aa: string): asserts aa is 'b' { }, }
const bb = {
  cc(dd) {
    return dd
  },
}
`

test('functions, methods and arrows are found with the length of their bodies', () => {
  expect(functionsOf(text).map(({ name, line, lines }) => [name, line, lines])).toEqual([
    ['a', 1, 7],
    ['return e(()', 3, 3],
    ['g', 8, 2],
    ['h', 10, 3],
    ['j', 14, 3],
    ['constructor', 19, 2],
    ['o', 21, 3],
    ['#p', 26, 5],
    ['cc', 38, 3],
  ])
})
