import { errorCodes, OstiaryError } from '@ostiary/schemas'
import { expect, test } from 'vitest'
import { exitCodeOf, exitCodes } from './exit-codes.ts'

test('every code of an error has an exit code, and only defects that of a defect', () => {
  for (const code of errorCodes) {
    const exit = exitCodeOf(new OstiaryError(code, 'x'))
    expect([exitCodes.usage, exitCodes.input, exitCodes.internal], code).toContain(exit)
    expect(exit === exitCodes.internal, code).toBe(code === 'internal')
  }
})

test('whatever else is thrown is a defect', () => {
  for (const thrown of [new Error('x'), 'x', undefined, { code: 'usage.invalid' }])
    expect(exitCodeOf(thrown)).toBe(exitCodes.internal)
})

test('the codes are what the help and the manual say', () => {
  expect(exitCodes).toEqual({ ok: 0, failOn: 1, usage: 2, input: 3, internal: 4, interrupted: 130 })
})
