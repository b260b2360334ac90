import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { OstiaryError } from '@ostiary/schemas'

/** A package of data as npm installed it. */
export interface InstalledPackage {
  readonly folder: string
  readonly version: string
}

/**
 * Finds an installed package by walking up the folders Node would look in: packages of data have no main file, and some
 * hide their package.json from `require.resolve`.
 *
 * @throws OstiaryError `table.invalid` when it is not installed
 */
export function installedPackage(name: string): InstalledPackage {
  const require = createRequire(import.meta.url)
  for (const modules of require.resolve.paths(name) ?? []) {
    const folder = join(modules, name)
    try {
      const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version?: unknown }
      if (typeof version === 'string') return { folder, version }
    } catch {
      // Not in this folder; the next one up may have it.
    }
  }
  throw new OstiaryError('table.invalid', `Cannot find the package ${name}: install the packages with "npm ci"`)
}
