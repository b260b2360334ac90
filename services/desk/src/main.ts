import type { ServiceContext } from '@ostiary/runtime/kafka'

/** Runs the desk until the signal aborts. */
export async function runDesk({ log, signal }: ServiceContext): Promise<void> {
  log.info('ready')
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
