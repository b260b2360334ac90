import { forwardAlerts, SchemaClient, type ServiceContext } from '@ostiary/runtime/kafka'
import type { ForwarderOptions } from './forwarder-options.ts'
import { sinkOf } from './sink-of.ts'

export type { ForwarderOptions } from './forwarder-options.ts'

/** `access.alerts` to a receiver outside: each revision at least once, in order within a finding. */
export async function runForwarder(context: ServiceContext, options: ForwarderOptions): Promise<void> {
  const { config, env } = context
  const sink = sinkOf(context, options)
  try {
    await forwardAlerts(context, sink, new SchemaClient(config, env), options.name)
  } finally {
    await sink.close().catch((error: unknown) => context.log.warn({ err: error }, 'not all alerts were confirmed'))
    context.log.info(sink.counts, 'forwarded')
  }
}
