import type { ServiceContext } from '@ostiary/runtime/kafka'

/** Runs the enricher until the signal aborts. */
export async function runEnricher({ log, signal }: ServiceContext): Promise<void> {
  log.info('ready')
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
