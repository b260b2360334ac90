import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { countFile, dataFiles, type FileCount, sourcesPage } from './sources-page.ts'

const folder = process.env['OSTIARY_DATA'] ?? fileURLToPath(new URL('../../../shared/data', import.meta.url))
const present = existsSync(folder)
if (!present) {
  console.warn(
    `docs/spec/sources.md is NOT CHECKED: there is no test data in ${folder}; set OSTIARY_DATA to its folder`,
  )
}

test.skipIf(!present)(
  'docs/spec/sources.md tells what becomes of the test data',
  async () => {
    const counts: FileCount[] = []
    for (const path of dataFiles(folder)) counts.push(await countFile(folder, path))
    for (const { path, records, normalised, filtered, rejected } of counts) {
      const outcomes = [normalised, filtered, rejected].flatMap((map) => [...map.values()])
      expect(
        outcomes.reduce((sum, value) => sum + value, 0),
        path,
      ).toBe(records)
    }
    await expect(sourcesPage(counts)).toMatchFileSnapshot('../../docs/spec/sources.md', 'the sources read other data')
  },
  600_000,
)
