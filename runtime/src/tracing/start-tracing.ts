import { OstiaryError } from '@ostiary/schemas'
import type { Logger } from '../log/logger.ts'
import type { ServiceMetrics } from '../service/service-metrics.ts'
import type { Tracing } from './tracing.ts'

export interface TracingOptions {
  /** Base of a receiver of OTLP over HTTP; empty for no tracing. */
  readonly endpoint: string
  /** Of the records that a collector takes. */
  readonly ratio: number
  /** `ostiary-detector`, unless the environment names it otherwise. */
  readonly service: string
  readonly version: string
  readonly env: NodeJS.ProcessEnv
  readonly log: Logger
  readonly metrics: ServiceMetrics
}

const spoken = 'http/protobuf'

/**
 * Tracing, where an endpoint is configured; OpenTelemetry's SDK is not even loaded where none is.
 *
 * @throws OstiaryError `config.invalid` where the environment asks for another protocol than we speak
 */
export async function startTracing(options: TracingOptions): Promise<Tracing | undefined> {
  const { endpoint, ratio, env, log } = options
  if (endpoint === '' || env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true') return undefined
  const asked = env['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'] || env['OTEL_EXPORTER_OTLP_PROTOCOL'] || spoken
  if (asked !== spoken)
    throw new OstiaryError(
      'config.invalid',
      `Cannot send traces by "${asked}", as OTEL_EXPORTER_OTLP_PROTOCOL says: set it to ${spoken}, and tracesEndpoint to the receiver's port for that (often 4318)`,
    )
  const { openTracing } = await import('./open-tracing.ts')
  log.info({ endpoint, ratio }, 'sending traces')
  return openTracing(options)
}
