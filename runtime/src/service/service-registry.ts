import { type OpenMetricsContentType, Registry } from 'prom-client'

/** Where a service's metrics are held: of the type that knows exemplars, whichever format is then asked for. */
export type ServiceRegistry = Registry<OpenMetricsContentType>

export function createRegistry(): ServiceRegistry {
  const registry = new Registry<OpenMetricsContentType>()
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
  return registry
}
