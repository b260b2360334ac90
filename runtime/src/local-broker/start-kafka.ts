import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { OstiaryError } from '@ostiary/schemas'
import { Kafka, logLevel } from 'kafkajs'
import { defaultCacheFolder } from '../tables/cache-folder.ts'
import { checkDataVersion, markDataVersion } from './data-version.ts'
import { kafkaFolder, kafkaVersion } from './downloads.ts'
import { freePort } from './free-port.ts'
import { type LocalServer, startJava } from './java-process.ts'
import { type BrokerPorts, log4jProperties, type ScramUser, serverProperties } from './server-properties.ts'
import { authorityName, makeTlsFiles } from './tls-files.ts'
import { requireJava, runTool } from './tool.ts'

/** What a start is busy with. `download` happens once per machine, `format` once per data folder. */
export type StartStep = 'download' | 'format' | 'start'

export interface KafkaOptions {
  /** Where its log lies. Started again on the same folder, it goes on with what it had, however it ended. */
  readonly dataFolder: string
  /** Port of the plain listener; 0, the default, for a free one. */
  readonly port?: number
  readonly saslPort?: number
  readonly tlsPort?: number
  readonly heapMb?: number
  /**
   * Flags of the Java machine. Unless given, its second compiler is left out: that halves what a start costs, and is worth
   * less to a broker that lives for minutes.
   */
  readonly javaFlags?: readonly string[]
  /**
   * Opens a listener for principals that log in by SCRAM-SHA-512, who are denied what no rule allows. `users` are made when
   * the folder is formatted. Beside `superUsers`, whoever reaches the plain listener may do everything.
   */
  readonly auth?: { readonly users: readonly ScramUser[]; readonly superUsers: readonly string[] }
  /** Opens a listener that speaks TLS, and, with `auth`, wants SCRAM in it. */
  readonly tls?: boolean
  /** With `auth`: writes who asked for what, and by which rule it was allowed or denied, to `authorizer.log` in the folder. */
  readonly audit?: boolean
  /** Broker settings beside ours, or instead of them. */
  readonly settings?: Readonly<Record<string, string>>
  readonly cacheFolder?: string
  readonly env?: NodeJS.ProcessEnv
  readonly signal?: AbortSignal
  readonly onStep?: (step: StartStep) => void
}

/** A broker of this machine. Every address is `127.0.0.1:port`. */
export interface LocalKafka extends LocalServer {
  readonly brokers: string
  readonly saslBrokers?: string
  readonly tlsBrokers?: string
  /** PEM of the authority to trust at `tlsBrokers`. */
  readonly caFile?: string
}

const heapMbByDefault = 256
const quickFlags: readonly string[] = ['-XX:TieredStopAtLevel=1']
const plainWord = /^[A-Za-z0-9._-]{1,256}$/
const formatMsMax = 120_000

/**
 * Starts a single Kafka broker in KRaft mode, without a container: needs Java 17, and Maven the first time.
 *
 * @throws OstiaryError `platform.missing` where one of them is not installed, `kafka.unavailable` where it does not come up
 */
export async function startKafka(options: KafkaOptions): Promise<LocalKafka> {
  const { auth, tls = false, audit = false, env = process.env, onStep, signal } = options
  for (const user of auth?.users ?? []) checkUser(user)
  await requireJava('start Kafka')
  const cacheFolder = options.cacheFolder ?? defaultCacheFolder(env)
  const libraries = await kafkaFolder({ cacheFolder, env, signal, onDownload: () => onStep?.('download') })
  const folder = resolve(options.dataFolder)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const ports = await portsOf(options)
  if (tls) await makeTlsFiles(folder)
  const properties = serverProperties({
    ports,
    auth: auth !== undefined,
    superUsers: auth?.superUsers ?? [],
    settings: options.settings ?? {},
  })
  await writeFile(join(folder, 'server.properties'), properties, { mode: 0o600 })
  await writeFile(join(folder, 'log4j2.properties'), log4jProperties(audit), { mode: 0o600 })
  if (existsSync(join(folder, 'log', 'meta.properties'))) checkDataVersion(folder, kafkaVersion)
  else {
    onStep?.('format')
    markDataVersion(folder, kafkaVersion)
    await format(folder, libraries, auth?.users ?? [])
  }
  onStep?.('start')
  const brokers = `127.0.0.1:${ports.plain}`
  const server = await startJava({
    name: 'Kafka',
    errorCode: 'kafka.unavailable',
    args: [
      ...(options.javaFlags ?? quickFlags),
      ...flagsOf(libraries, options.heapMb ?? heapMbByDefault),
      ...['kafka.Kafka', 'server.properties'],
    ],
    folder,
    logs: ['kafka.out', 'kafka.log'],
    signal,
    ready: () => answers(brokers),
  })
  return {
    ...server,
    brokers,
    ...(ports.sasl === undefined ? {} : { saslBrokers: `127.0.0.1:${ports.sasl}` }),
    ...(ports.tls === undefined ? {} : { tlsBrokers: `127.0.0.1:${ports.tls}`, caFile: join(folder, authorityName) }),
  }
}

/** The format tool reads a list of `name=value`, with no way to quote that holds for all of it. */
function checkUser({ name, password }: ScramUser): void {
  if (plainWord.test(name) && plainWord.test(password)) return
  throw new OstiaryError(
    'usage.invalid',
    `Cannot make Kafka user "${name}": name and password must be 1 to 256 of letters, digits, ".", "_" and "-"`,
  )
}

async function portsOf({ port, saslPort, tlsPort, auth, tls }: KafkaOptions): Promise<BrokerPorts> {
  const chosen = (given: number | undefined): number | Promise<number> => (given ? given : freePort())
  return {
    plain: await chosen(port),
    controller: await freePort(),
    sasl: auth === undefined ? undefined : await chosen(saslPort),
    tls: tls === true ? await chosen(tlsPort) : undefined,
  }
}

function flagsOf(libraries: string, heapMb: number): string[] {
  return [
    ...[`-Xms${heapMb}m`, `-Xmx${heapMb}m`, '-Xss512k', '-XX:+UseSerialGC', '-Xshare:auto'],
    ...['-Dlog4j2.configurationFile=log4j2.properties', '-Djava.awt.headless=true', '-cp', join(libraries, '*')],
  ]
}

/** Makes the log folder and the users. The arguments go through a file, since others can read those of a process. */
async function format(folder: string, libraries: string, users: readonly ScramUser[]): Promise<void> {
  const args = [
    ...quickFlags,
    ...flagsOf(libraries, heapMbByDefault),
    ...['kafka.tools.StorageTool', 'format', '--cluster-id', clusterId(), '--config', 'server.properties'],
    ...users.flatMap(({ name, password }) => ['--add-scram', `SCRAM-SHA-512=[name=${name},password=${password}]`]),
  ]
  const file = join(folder, 'format.arguments')
  const quoted = args.map((arg) => `"${arg.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`)
  await writeFile(file, `${quoted.join('\n')}\n`, { mode: 0o600 })
  try {
    await runTool('java', ['@format.arguments'], {
      action: 'format a log for Kafka',
      timeoutMs: formatMsMax,
      cwd: folder,
    })
  } finally {
    await rm(file, { force: true })
  }
}

/** 16 random bytes in base64url. Must not begin with a dash, which the format tool would read as an option. */
export function clusterId(random: (bytes: number) => Buffer = randomBytes): string {
  for (;;) {
    const id = random(16).toString('base64url')
    if (!id.startsWith('-')) return id
  }
}

async function answers(brokers: string): Promise<boolean> {
  const admin = new Kafka({
    brokers: [brokers],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 1000,
    requestTimeout: 5000,
    retry: { retries: 0 },
  }).admin()
  try {
    await admin.connect()
    return (await admin.describeCluster()).brokers.length > 0
  } catch {
    return false
  } finally {
    await admin.disconnect().catch(() => undefined)
  }
}
