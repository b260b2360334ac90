import { expect, test } from 'vitest'
import type { SerializedError, TestModule } from 'vitest/node'
import { countsLine, countTests } from './reporter.ts'

/** A module as far as the reporter looks at one. */
function moduleOf(states: readonly string[], errors = 0, suiteErrors = 0): TestModule {
  const errorsOf = (count: number) => (): unknown[] => Array.from({ length: count }, () => ({}))
  return {
    errors: errorsOf(errors),
    children: {
      allSuites: () => [{ errors: errorsOf(suiteErrors) }],
      allTests: () => states.map((state) => ({ result: () => ({ state }) })),
    },
  } as unknown as TestModule
}

const unhandled = [{} as SerializedError]

test.each([
  [
    'tests by their outcome',
    [moduleOf(['passed', 'failed']), moduleOf(['skipped', 'pending'])],
    [],
    '1 passed, 1 failed, 2 skipped',
  ],
  ['a file that cannot be loaded', [moduleOf(['passed']), moduleOf([], 1)], [], '1 passed, 1 failed'],
  ['a hook that throws', [moduleOf(['skipped'], 0, 1)], [], '0 passed, 1 failed, 1 skipped'],
  ['an error outside any test', [moduleOf(['passed'])], unhandled, '1 passed, 1 failed'],
] as const)('counts %s', (_what, modules, errors, line) => {
  expect(countsLine(countTests(modules, errors, 'failed'))).toBe(line)
})

test('a run that failed for no counted reason is one failure, and one that passed is none', () => {
  expect(countsLine(countTests([], [], 'failed'))).toBe('0 passed, 1 failed')
  expect(countsLine(countTests([], [], 'interrupted'))).toBe('0 passed, 1 failed')
  expect(countsLine(countTests([moduleOf(['passed'])], [], 'passed'))).toBe('1 passed, 0 failed')
})
