import { createEnricher, type Enricher, type EnrichmentTables, type ScoringModel } from '@ostiary/models'
import {
  type Config,
  defaultCacheFolder,
  type LineWriter,
  LocalRun,
  loadArtefact,
  loadTables,
  resolveConfig,
  type Sink,
  type StateOrigin,
  starterArtefactFolder,
} from '@ostiary/runtime'

/** What the product runs with unless told otherwise, on one thread: default configuration, starter model. */
export interface BenchSetting {
  readonly config: Config
  readonly tables: EnrichmentTables
  readonly model: ScoringModel
}

/** @param identitiesMax as in the configuration; what is the default where it is not told */
export async function benchSetting(identitiesMax?: number): Promise<BenchSetting> {
  const flags = { workers: '1', ...(identitiesMax === undefined ? {} : { identitiesMax: `${identitiesMax}` }) }
  return {
    config: resolveConfig({ flags }),
    tables: await loadTables({ cacheFolder: defaultCacheFolder(process.env) }),
    model: await loadArtefact(starterArtefactFolder()),
  }
}

/** The key of every bench: what it hides is invented. */
export const benchKey: Uint8Array = new Uint8Array(32).fill(7)

/** Whose the states of benches are. */
export const benchOrigin: StateOrigin = { tenantUid: 'default', keyId: 'bench', configSha256: '', codeVersion: 'bench' }

/** An enricher with empty caches. */
export function newEnricher({ config, tables }: BenchSetting): Enricher {
  return createEnricher({ tenantUid: config.tenant, key: benchKey, tables })
}

/** A pipeline that has seen nothing. */
export function newRun(setting: BenchSetting, sinks: readonly Sink[], scores?: LineWriter): LocalRun {
  return new LocalRun({ ...setting, codeVersion: 'bench', sinks, scores, nameOf: (uid) => uid })
}
