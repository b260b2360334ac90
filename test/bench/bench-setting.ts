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
  starterArtefactFolder,
} from '@ostiary/runtime'

/** What the product runs with unless told otherwise: default configuration, starter model. */
export interface BenchSetting {
  readonly config: Config
  readonly tables: EnrichmentTables
  readonly model: ScoringModel
}

export async function benchSetting(): Promise<BenchSetting> {
  return {
    config: resolveConfig(),
    tables: await loadTables({ cacheFolder: defaultCacheFolder(process.env) }),
    model: await loadArtefact(starterArtefactFolder()),
  }
}

/** An enricher with empty caches. */
export function newEnricher({ config, tables }: BenchSetting): Enricher {
  return createEnricher({ tenantUid: config.tenant, key: Buffer.alloc(32, 7), tables })
}

/** A pipeline that has seen nothing. */
export function newRun(setting: BenchSetting, sinks: readonly Sink[], scores?: LineWriter): LocalRun {
  return new LocalRun({ ...setting, codeVersion: 'bench', sinks, scores, nameOf: (uid) => uid })
}
