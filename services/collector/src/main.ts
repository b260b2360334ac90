import type { Logger } from '@ostiary/runtime'
import { connect, RawProducer, rawKey, type ServiceContext } from '@ostiary/runtime/kafka'
import { OstiaryError } from '@ostiary/schemas'
import { bearerToken } from './bearer-token.ts'
import {
  type CollectorOptions,
  collectDefault,
  drainMsDefault,
  pollMsDefault,
  progressFileDefault,
} from './collector-options.ts'
import { FileFollower, watchedFilesMax } from './file-follower.ts'
import { HttpIntake } from './http-intake.ts'
import { ProgressFile } from './progress-file.ts'

export type { CollectorOptions } from './collector-options.ts'

const topicName = 'access.raw'
const reopenMs = 1000

/**
 * Runs the collector until the signal aborts: takes records over HTTP and from followed files, as they are, to `access.raw`.
 *
 * @throws OstiaryError `config.invalid`, `state.invalid`, `topics.invalid`, `kafka.refused`, `output.unwritable`
 */
export async function runCollector(context: ServiceContext, options: CollectorOptions = {}): Promise<void> {
  const { log, health } = context
  const ending = new AbortController()
  const end = (): void => ending.abort()
  if (context.signal.aborted) end()
  const { producer, http, follower } = partsOf(context, options, end)
  health.setReady('kafka', false, 'connecting')
  if (http !== undefined) await listen(http, options.collect ?? collectDefault, log, options.onListening)
  context.signal.addEventListener('abort', end, { once: true })
  const failures: unknown[] = []
  const fail = (error: unknown): void => {
    failures.push(error)
    end()
  }
  const following = open(producer, log, ending.signal)
    .then(async (isOpen) => {
      if (!isOpen) return
      http?.open()
      health.setReady('kafka', true)
      await follower?.run(ending.signal)
    })
    .catch(fail)
  await aborted(ending.signal)
  health.setReady('kafka', false, 'ending')
  await putAway(producer, http, following, options.drainMs ?? drainMsDefault)
  context.signal.removeEventListener('abort', end)
  // What ended the producer comes to whoever waits for it, too: it is told once.
  const failure = producer.refusal ?? failures.find((error) => !isOfEnding(error))
  if (failure !== undefined) throw failure
  log.info('ended')
}

interface Parts {
  readonly producer: RawProducer
  readonly http: HttpIntake | undefined
  readonly follower: FileFollower | undefined
}

function partsOf(context: ServiceContext, options: CollectorOptions, end: () => void): Parts {
  const { config, env, log, health, metrics, tracing } = context
  const { watch = [] } = options
  const takesHttp = options.collect !== undefined || watch.length === 0
  const isAuthorised = takesHttp ? bearerToken(options.tokenFile, env) : undefined
  const producer = new RawProducer({
    kafka: connect(config, env, log, 'ostiary-collector'),
    topic: `${config.topicPrefix}${topicName}`,
    keyOf: rawKey({ tenant: config.tenant, source: config.source === 'auto' ? undefined : config.source }),
    recordBytesMax: config.recordBytesMax,
    ...(options.inFlightBytesMax === undefined ? {} : { inFlightBytesMax: options.inFlightBytesMax }),
    log,
    tracing,
    onSent: (records) => metrics.recordsEmitted.labels(topicName).inc(records),
    onRetry: () => metrics.retries.labels('delivery').inc(),
    onAway: (reason) => health.setReady('kafka', reason === undefined, reason),
    onFailed: end,
  })
  const shared = {
    producer,
    read: { recordBytesMax: config.recordBytesMax, depthMax: config.depthMax },
    log,
    onRefused: (refused: ReadonlyMap<string, number>) => {
      for (const [reason, count] of refused) metrics.recordsRejected.labels(reason).inc(count)
    },
  }
  return {
    producer,
    http: isAuthorised === undefined ? undefined : new HttpIntake({ ...shared, isAuthorised, ackMs: options.ackMs }),
    follower:
      watch.length === 0
        ? undefined
        : new FileFollower({
            ...shared,
            paths: watch,
            pollMs: options.pollMs ?? pollMsDefault,
            progress: new ProgressFile(options.progress ?? progressFileDefault(env), watchedFilesMax),
            onReady: (reason) => health.setReady('files', reason === undefined, reason),
          }),
  }
}

async function listen(
  http: HttpIntake,
  address: string,
  log: Logger,
  onListening: CollectorOptions['onListening'],
): Promise<void> {
  const listening = await http.listen(address)
  log.info({ address: listening }, 'taking records over HTTP')
  if (!/^(?:127\.|\[::1\])/.test(listening))
    log.warn(
      { address: listening },
      'records come without TLS over the network: let a proxy with TLS stand before this',
    )
  onListening?.(listening)
}

/** Connects, again and again while the broker is away. False where the signal came first. */
async function open(producer: RawProducer, log: Logger, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    try {
      await Promise.race([producer.open(), aborted(signal)])
      if (signal.aborted) return false
      log.info('connected to Kafka')
      return true
    } catch (error) {
      if (!(error instanceof OstiaryError && error.code === 'kafka.unavailable')) throw error
      log.warn({ error: error.message }, 'waiting for Kafka')
      await Promise.race([new Promise((resolve) => setTimeout(resolve, reopenMs)), aborted(signal)])
    }
  }
  return false
}

/** Stops taking, waits for what is under way as long as may be, and closes. */
async function putAway(
  producer: RawProducer,
  http: HttpIntake | undefined,
  following: Promise<void>,
  drainMs: number,
): Promise<void> {
  const startMs = Date.now()
  const idle = Promise.all([http?.close(), following])
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, drainMs)
  })
  await Promise.race([idle, late])
  clearTimeout(timer)
  await producer.close(Math.max(0, drainMs - (Date.now() - startMs)))
  // Whoever still waited was told by the producer's end; whoever is still sending is cut off.
  http?.cutOff()
  await idle
}

/** What stands in the way of the files when the end comes while the broker is away: they go on with the next start. */
function isOfEnding(error: unknown): boolean {
  return error instanceof OstiaryError && error.code === 'kafka.unavailable'
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
