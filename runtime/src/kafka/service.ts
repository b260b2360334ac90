import type { Config } from '../config/config-schema.ts'
import type { Logger } from '../log/logger.ts'
import type { ServiceHealth } from '../service/health-server.ts'
import type { ServiceMetrics } from '../service/service-metrics.ts'
import type { Tracing } from '../tracing/tracing.ts'

/** What every service's `run` is given. It resolves once the signal has aborted and everything is put away. */
export interface ServiceContext {
  readonly config: Config
  readonly env: NodeJS.ProcessEnv
  readonly log: Logger
  /** Version of the program. */
  readonly version: string
  readonly signal: AbortSignal
  readonly health: ServiceHealth
  readonly metrics: ServiceMetrics
  /** Not there where traces are off. */
  readonly tracing?: Tracing | undefined
}
