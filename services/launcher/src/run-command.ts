import { homedir, hostname } from 'node:os'
import type { ForwarderOptions } from '@ostiary/forwarder'
import { createLogger, defaultKeyPath } from '@ostiary/runtime'
import type { ServiceContext, ServiceName } from '@ostiary/runtime/kafka'
import { OstiaryError } from '@ostiary/schemas'
import { Command, InvalidArgumentError, Option } from 'commander'
import { exitCodes } from './exit-codes.ts'
import { boundHeapGrowth } from './heap-growth.ts'
import { onInterrupt } from './interrupt.ts'
import { type KafkaFlags, kafkaSettingsOf, withKafkaFlags } from './kafka-flags.ts'
import type { SetExitCode } from './run-program.ts'
import { refusingSecrets } from './secret-flags.ts'
import { version } from './version.ts'

interface RunFlags extends KafkaFlags {
  readonly listen?: string
  readonly tenant?: string
  readonly source?: string
  readonly model?: string
  readonly alertsPerDay?: string
  readonly scoresTo?: string
  readonly tracesEndpoint?: string
  readonly tracesRatio?: string
  readonly key?: string
  readonly collect?: string
  readonly tokenFile?: string
  readonly watch?: readonly string[]
  readonly progress?: string
  readonly pollMs?: number
  readonly to?: 'webhook' | 'alertmanager' | 'syslog' | 'file'
  readonly name?: string
  readonly url?: string
  readonly secretFile?: string
  readonly caFile?: string
  readonly certFile?: string
  readonly keyFile?: string
  readonly allowClear?: boolean
  readonly facility?: number
  readonly file?: string
  readonly fileBytesMax?: number
  readonly filesMax?: number
  readonly format?: 'ocsf' | 'flat'
}

/** How long what the client has left may hold a service that has ended. */
const leftoversMsMax = 2000

interface Service {
  readonly description: string
  /** Beside those that every service has. */
  readonly options: readonly Option[]
  /** Loads the service and runs it: a scan needs neither them nor Kafka's client, and starts sooner without. */
  readonly run: (context: ServiceContext, flags: RunFlags) => Promise<void>
}

const source = new Option('--source <format>', 'format of the records (detected unless given)')
const model = new Option('--model <folder>', 'model that "ostiary train" wrote (default: the one that ships)')

const forwarderOptions: readonly Option[] = [
  new Option('--to <receiver>', 'what kind of receiver it is')
    .choices(['webhook', 'alertmanager', 'syslog', 'file'])
    .default('webhook'),
  new Option('--name <name>', 'ends the consumer group: give each forwarder of a kind another (default: the kind)'),
  new Option('--url <url>', 'where it is: https://host/path, or of syslog tls://, tcp:// or udp://host:port'),
  new Option('--secret-file <file>', 'secret that signs webhooks (default: OSTIARY_WEBHOOK_SECRET)'),
  new Option('--ca-file <file>', 'PEM of the authorities to trust'),
  new Option('--cert-file <file>', 'PEM of the certificate to show to syslog over TLS'),
  new Option('--key-file <file>', "PEM of that certificate's key"),
  new Option('--allow-clear', 'let alerts cross a network in clear: over http, tcp or udp'),
  new Option('--facility <n>', 'of syslog, 0 to 23 (default: 16)').argParser(countOf),
  new Option('--file <path>', 'file to append alerts to'),
  new Option('--file-bytes-max <n>', 'size at which it is rotated (default: 67108864)').argParser(countOf),
  new Option('--files-max <n>', 'files that are kept, this one included (default: 10)').argParser(countOf),
  new Option('--format <format>', 'of webhooks and files (default: ocsf)').choices(['ocsf', 'flat']),
]

const services: Readonly<Record<ServiceName, Service>> = {
  collector: {
    description: 'takes records over HTTP and from files, as they are, to access.raw',
    options: [
      source,
      new Option('--collect <host:port>', 'where records are taken over HTTP (default: 127.0.0.1:8787 unless --watch)'),
      new Option('--token-file <file>', 'token that senders show (default: OSTIARY_COLLECTOR_TOKEN)'),
      new Option('--watch <path...>', 'files to read, and folders to follow'),
      new Option('--progress <file>', 'remembers what was sent of them (default: in your data folder)'),
      new Option('--traces-ratio <ratio>', 'share of the records that begin a trace, 0 to 1 (default: 0.01)'),
      new Option('--poll-ms <n>', 'how often followed folders are looked at (default: 2000)').argParser(msOf),
    ],
    run: async (context, { collect, tokenFile, watch, progress, pollMs }) =>
      (await import('@ostiary/collector')).runCollector(context, { collect, tokenFile, watch, progress, pollMs }),
  },
  enricher: {
    description: 'access.raw to access.events: recognises, normalises, enriches, pseudonymises',
    options: [
      source,
      new Option('--key <file>', 'pseudonymisation key, which has to be there (default: in your data folder)'),
    ],
    run: async (context, { key }) =>
      (await import('@ostiary/enricher')).runEnricher(context, {
        keyFile: key ?? defaultKeyPath(context.env, homedir()),
      }),
  },
  detector: {
    description: 'access.events to access.findings: scores, learns, explains',
    options: [
      model,
      new Option('--scores-to <where>', "whether to write every event's score to access.scores").choices([
        'none',
        'topic',
      ]),
    ],
    run: async (context) => (await import('@ostiary/detector')).runDetector(context),
  },
  census: {
    description: 'access.census to tables of what is usual in the tenant',
    options: [model],
    run: async (context) => (await import('@ostiary/census')).runCensus(context),
  },
  desk: {
    description: 'access.findings to access.alerts: page, digest or suppressed, within the budget',
    options: [model, new Option('--alerts-per-day <n>', 'pages a day that somebody can look at (default: 10)')],
    run: async (context) => (await import('@ostiary/desk')).runDesk(context),
  },
  forwarder: {
    description: 'access.alerts to where people look: a webhook, an Alertmanager, syslog, a file',
    options: forwarderOptions,
    run: async (context, flags) => (await import('@ostiary/forwarder')).runForwarder(context, forwardingOf(flags)),
  },
}

/** `ostiary run`: one of the services, until it is interrupted. */
export function runCommand(setExitCode: SetExitCode): Command {
  const command = new Command('run').description('runs one of the services on Kafka, until it is interrupted')
  for (const [name, { description, options }] of Object.entries(services)) {
    const sub = new Command(name).description(description)
    for (const option of options) sub.addOption(option)
    withKafkaFlags(
      sub
        .option('--tenant <name>', 'whose records these are')
        .option('--listen <host:port>', 'where to answer /metrics, /livez and /readyz, port 0 for a free one')
        .option('--traces-endpoint <url>', 'receiver of OpenTelemetry traces over HTTP (default: none)'),
    )
    sub.action((flags: RunFlags) => runService(name as ServiceName, flags, setExitCode))
    command.addCommand(refusingSecrets(sub).exitOverride())
  }
  return command
}

function msOf(text: string): number {
  if (!/^\d{1,8}$/.test(text) || Number(text) < 1) throw new InvalidArgumentError('Give milliseconds.')
  return Number(text)
}

function countOf(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('Give a whole number.')
  return Number(text)
}

/** The flags that say where alerts go. */
function forwardingOf(flags: RunFlags): ForwarderOptions {
  const { to = 'webhook', name, url, secretFile, caFile, certFile, keyFile, allowClear } = flags
  const { facility, file, fileBytesMax, filesMax, format } = flags
  const tls = { secretFile, caFile, certFile, keyFile, allowClear }
  return { to, name, url, ...tls, facility, file, fileBytesMax, filesMax, format }
}

/** An image of one service has no other; whatever else is missing is a defect. */
function missingService(name: ServiceName): (error: unknown) => never {
  return (error) => {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'ERR_MODULE_NOT_FOUND' || !message.includes(`'@ostiary/${name}'`)) throw error
    throw new OstiaryError(
      'platform.missing',
      `Cannot run the ${name}: it is not installed here. Use its own image, or the one with all services`,
      { cause: error },
    )
  }
}

/**
 * Kafka's client forgets a socket where two requests open a connection at once, as after a broker's crash, and that would
 * hold a process in which all has ended. Where nothing is left, the process does not wait for this.
 */
function endWithoutLeftovers(): void {
  setTimeout(() => process.exit(), leftoversMsMax).unref()
}

async function runService(name: ServiceName, flags: RunFlags, setExitCode: SetExitCode): Promise<void> {
  boundHeapGrowth()
  const { signal, release } = onInterrupt()
  const { createServiceMetrics, kafkaConfigOf, runPersistently, ServiceHealth, startTracing, toOstiaryError } =
    await import('@ostiary/runtime/kafka')
  const { listen, tenant, source, model, alertsPerDay, scoresTo, tracesEndpoint, tracesRatio } = flags
  const settings = { listen, tenant, source, model, alertsPerDay, scoresTo, tracesEndpoint, tracesRatio }
  const service = `ostiary-${name}`
  const { config } = await kafkaSettingsOf(flags, service, settings)
  const withHost = { hostname: hostname(), pid: process.pid }
  const log = createLogger({ level: config.logLevel, service, version, withHost })
  const health = new ServiceHealth(log)
  const metrics = createServiceMetrics(health, name)
  metrics.buildInfo.set({ version }, 1)
  await health.listen(config.listen)
  const env = process.env
  let tracing: ServiceContext['tracing']
  try {
    log.info({ brokers: config.brokers, topicPrefix: config.topicPrefix, config: config.hash }, 'starting')
    // What is not set does not come by waiting, as a registry does that is away and would be asked first.
    kafkaConfigOf(config, env)
    const { tracesEndpoint: endpoint, tracesRatio: ratio } = config
    tracing = await startTracing({ endpoint, ratio, service, version, env, log, metrics })
    const context: ServiceContext = { config, env, log, version, signal, health, metrics, tracing }
    await runPersistently(context, () => services[name].run(context, flags).catch(missingService(name)))
    log.info('ended')
  } catch (error) {
    health.setFailed(error instanceof Error ? error.message : String(error))
    log.fatal({ err: error }, 'ended by an error')
    const told = toOstiaryError(`run the ${name}`, error)
    // A defect is told with its stack.
    throw told.code === 'internal' ? error : told
  } finally {
    await tracing?.close()
    await health.close()
    release()
    endWithoutLeftovers()
  }
  // To be interrupted is how a service ends.
  setExitCode(exitCodes.ok)
}
