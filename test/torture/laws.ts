import type { Enricher, EnrichmentTables, ScoringModel } from '@ostiary/models'
import type { Config } from '@ostiary/runtime'

/** What the services were set to: whoever recomputes what they wrote needs the same. */
export interface LawSetting {
  readonly config: Config
  readonly model: ScoringModel
  readonly tables: EnrichmentTables
  /** A new one, of the tenant, the key and the tables of the enrichers. */
  readonly enrich: Enricher
  /** Version of the services' code. */
  readonly codeVersion: string
}
