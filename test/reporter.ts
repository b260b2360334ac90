import { writeFileSync } from 'node:fs'
import type { Reporter, SerializedError, TestModule, TestRunEndReason, TestSuite } from 'vitest/node'

/** What a run of the tests came to. */
export interface TestCounts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** `N passed, N failed`, and `, N skipped` where any were: the line that machines read. */
export function countsLine({ passed, failed, skipped }: TestCounts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

/**
 * Counts a finished run. A file that cannot be loaded, a hook that throws and an error outside any test each count as
 * one failure: without that, a suite that never ran would look green.
 */
export function countTests(
  modules: readonly TestModule[],
  unhandledErrors: readonly SerializedError[],
  reason: TestRunEndReason,
): TestCounts {
  let passed = 0
  let failed = unhandledErrors.length
  let skipped = 0
  const countErrors = (suite: TestModule | TestSuite): void => {
    if (suite.errors().length > 0) failed += 1
  }
  for (const module of modules) {
    countErrors(module)
    for (const suite of module.children.allSuites()) countErrors(suite)
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      if (state === 'passed') passed += 1
      else if (state === 'failed') failed += 1
      else skipped += 1
    }
  }
  if (reason !== 'passed' && failed === 0) failed = 1
  return { passed, failed, skipped }
}

/** Ends a run with its counts, and writes them to the file that `TEST_COUNTS_FILE` names, which `.ci/run` reads. */
export default class CountsReporter implements Reporter {
  onTestRunEnd(
    modules: readonly TestModule[],
    unhandledErrors: readonly SerializedError[],
    reason: TestRunEndReason,
  ): void {
    const line = countsLine(countTests(modules, unhandledErrors, reason))
    const path = process.env['TEST_COUNTS_FILE']
    if (path !== undefined) writeFileSync(path, `${line}\n`)
    console.log(line)
  }
}
