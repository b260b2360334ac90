import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's root: benches run compiled, from `test/dist/bench`, and their tests from `test/bench`. */
const rootFolder: string = [new URL('../../', import.meta.url), new URL('../../../', import.meta.url)]
  .map((url) => fileURLToPath(url))
  .find((folder) => existsSync(join(folder, 'turbo.json')))!

/** Where the data sets are: `OSTIARY_DATA`, else `../shared/data` beside the repository. */
export const dataFolder: string = process.env['OSTIARY_DATA'] ?? join(rootFolder, '..', 'shared', 'data')

/** A file of the data sets, or `undefined`, loudly, where it is absent. */
export function dataFile(path: string): string | undefined {
  const file = join(dataFolder, path)
  if (existsSync(file)) return file
  console.error(`SKIPPED: there is no "${path}" in ${dataFolder}; set OSTIARY_DATA to the folder with the data sets`)
  return undefined
}
