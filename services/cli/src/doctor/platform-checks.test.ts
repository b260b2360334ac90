import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { memoryOutcome, nodeOutcome, nodeVersionMin, openFilesOutcome } from './platform-checks.ts'

it('asks for the version of Node.js that the package asks for', () => {
  const { engines } = JSON.parse(readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8'))
  expect(engines.node).toBe(`>=${nodeVersionMin}`)
})

it.each([
  ['18.20.0', 'failure'],
  ['20.18.3', 'failure'],
  ['20.19.0', 'ok'],
  ['20.20.2', 'ok'],
  ['22.0.0', 'ok'],
  ['23.1.0', 'warning'],
  ['24.21.0', 'ok'],
])('Node.js %s is %s', (version, state) => {
  const outcome = nodeOutcome(version)
  expect(outcome.state).toBe(state)
  expect(outcome.detail).toContain(version)
})

it.each([
  ['1048576', 'ok'],
  ['unlimited', 'ok'],
  ['1024', 'ok'],
  ['1023', 'warning'],
  ['256', 'warning'],
  ['255', 'failure'],
])('%s open files are %s', (most, state) => {
  const limits = `Limit                     Soft Limit           Hard Limit           Units\nMax open files            ${most}                 4096                files\n`
  expect(openFilesOutcome(limits).state).toBe(state)
})

it('says that it does not know where the system does not say', () => {
  expect(openFilesOutcome(undefined).state).toBe('skipped')
  expect(openFilesOutcome('Max processes 12').state).toBe('skipped')
})

it.each([
  [320, 512, 'ok'],
  [460, 512, 'ok'],
  [461, 512, 'warning'],
  [4144, 512, 'warning'],
  [4144, 0, 'ok'],
])('a heap of %i of %i MiB is %s', (heap, limit, state) => {
  const mebibyte = 1024 * 1024
  expect(memoryOutcome(heap * mebibyte, limit * mebibyte).state).toBe(state)
})

it('takes what Node.js says where nothing limits the process', () => {
  // On Linux without a limit it is about 2^63, on other systems nothing.
  expect(memoryOutcome(1, 2 ** 63).state).toBe('ok')
})
