import { toOstiaryError } from './kafka-errors.ts'
import type { ServiceContext } from './service.ts'

/** Waits before a service is begun again, doubled up to the last. */
const firstWaitMs = 500
const lastWaitMs = 15_000

/**
 * Runs a service, and begins it again after a wait while what ended it can pass by itself: a broker or registry that is
 * away, or topics that are still to be made. Resolves when the service does, or when the signal aborts.
 *
 * @throws OstiaryError what waiting does not mend; an error that is none of ours as it is
 */
export async function runPersistently(context: ServiceContext, run: () => Promise<void>): Promise<void> {
  const { signal, log, health, metrics } = context
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(lastWaitMs, waitMs * 2)) {
    try {
      await run()
      return
    } catch (error) {
      if (signal.aborted) return
      const told = toOstiaryError('run the service', error)
      if (!told.retriable && told.code !== 'topics.invalid') throw error
      metrics.retries.labels('connect').inc()
      health.setReady('service', false, told.message)
      log.warn({ code: told.code, waitMs, reason: told.message }, 'not available; beginning again')
    }
    await waited(waitMs, signal)
    health.setReady('service', true)
  }
}

/** Resolves after a time, or as soon as the signal aborts. */
export async function waited(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise<void>((resolve) => {
    const timer = setTimeout(done, ms)
    function done(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done)
  })
}
