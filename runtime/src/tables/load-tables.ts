import {
  type AccessLevelTable,
  type AddressTable,
  combineTables,
  decodeAddressTable,
  type EnrichmentTables,
  encodeAddressTable,
  parseAccessLevels,
} from '@ostiary/models'
import { buildAccessLevels, iamPackage } from './build-access-levels.ts'
import { asnPackage, buildAddressTable, countryPackage } from './build-address-table.ts'
import { type HashedBytes, openTableCache, sha256Of, type TableCache } from './cache-folder.ts'
import { installedPackage } from './installed-package.ts'
import { loadContext } from './load-context.ts'

/** Version of the builders: raise it when the same packages give other tables. */
const builderVersion = 1

export interface LoadTablesOptions {
  /** Files of the user's own context; see {@link loadContext}. */
  readonly contextFiles?: readonly string[]
  /** Where built tables are kept, usually `defaultCacheFolder(process.env)`; without it they are built each time. */
  readonly cacheFolder?: string
}

/**
 * Loads what enrichment looks up: addresses, access levels and the user's context. The same packages and files give the
 * same tables and the same `id` on every machine, with and without a cache.
 *
 * @throws OstiaryError `table.invalid`, `config.invalid`, `input.unreadable`
 */
export async function loadTables(options: LoadTablesOptions = {}): Promise<EnrichmentTables> {
  const cache = openTableCache(options.cacheFolder)
  const [address, accessLevels, context] = await Promise.all([
    loadAddressTable(cache),
    loadAccessLevels(cache),
    loadContext(options.contextFiles ?? []),
  ])
  return combineTables({ address, accessLevels, context })
}

async function loadAddressTable(cache: TableCache): Promise<{ sha256: string; table: AddressTable }> {
  const recipe = recipeOf('address', [asnPackage, countryPackage])
  const { bytes, sha256 } = await throughCache(cache, recipe, async () => encodeAddressTable(await buildAddressTable()))
  return { sha256, table: decodeAddressTable(bytes) }
}

async function loadAccessLevels(cache: TableCache): Promise<{ sha256: string; table: AccessLevelTable }> {
  const { bytes, sha256 } = await throughCache(cache, recipeOf('access-levels', [iamPackage]), buildAccessLevels)
  return { sha256, table: parseAccessLevels(Buffer.from(bytes).toString('utf8')) }
}

async function throughCache(cache: TableCache, recipe: string, build: () => Promise<Uint8Array>): Promise<HashedBytes> {
  const cached = await cache.read(recipe)
  if (cached !== undefined) return cached
  const bytes = await build()
  const table = { bytes, sha256: sha256Of(bytes) }
  await cache.write(recipe, table)
  return table
}

/** What decides a table's content: the builder and the exact versions of the packages. */
function recipeOf(kind: string, packages: readonly string[]): string {
  const versions = packages.map((name) => `${name}@${installedPackage(name).version}`)
  return [kind, `builder@${builderVersion}`, ...versions].join(' ')
}
