import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { checkDataVersion, markDataVersion } from './data-version.ts'

const folder = mkdtempSync(join(tmpdir(), 'ostiary-data-version-'))
afterEach(() => rmSync(join(folder, 'kafka.version'), { force: true }))

test.each(['4.2.2', '4.2.10', '4.10.0', '10.0.0'])('data of 4.2.2 is read by %s', (version) => {
  markDataVersion(folder, '4.2.2')
  expect(() => checkDataVersion(folder, version)).not.toThrow()
})

test.each(['4.2.1', '4.1.9', '3.9.2'])('data of 4.2.2 is not read by %s, which is said with what to do', (version) => {
  markDataVersion(folder, '4.2.2')
  expect(() => checkDataVersion(folder, version)).toThrow(/written by Kafka 4\.2\.2\. Delete the folder/)
})

test('a folder that says nothing is of 4.3.1; what is no version is refused', () => {
  expect(() => checkDataVersion(folder, '4.2.2')).toThrow('written by Kafka 4.3.1')
  expect(() => checkDataVersion(folder, '4.4.0')).not.toThrow()
  writeFileSync(join(folder, 'kafka.version'), 'damaged')
  expect(() => checkDataVersion(folder, '4.2.2')).toThrow('written by Kafka damaged')
})
