import { expect, it } from 'vitest'
import { textTable } from './report.ts'

it('aligns cells: the first column to the left, the others to the right', () => {
  expect(
    textTable([
      ['what', 'n'],
      ['a', '10'],
      ['longer', '7'],
    ]),
  ).toBe('what     n\n------  --\na       10\nlonger   7\n')
})
