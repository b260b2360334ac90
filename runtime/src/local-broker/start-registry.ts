import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { defaultCacheFolder } from '../tables/cache-folder.ts'
import { registryFolder, registryVersion } from './downloads.ts'
import { freePort } from './free-port.ts'
import { type LocalServer, startJava } from './java-process.ts'
import type { StartStep } from './start-kafka.ts'
import { requireJava } from './tool.ts'

export interface RegistryOptions {
  /** Where its schemas lie. Started again on the same folder it gives the same ids, however it ended. */
  readonly dataFolder: string
  /** 0, the default, for a free one. */
  readonly port?: number
  readonly heapMb?: number
  readonly cacheFolder?: string
  readonly env?: NodeJS.ProcessEnv
  readonly signal?: AbortSignal
  readonly onStep?: (step: StartStep) => void
}

/** A schema registry of this machine. */
export interface LocalRegistry extends LocalServer {
  /** Where it speaks the Confluent API. */
  readonly registryUrl: string
}

const heapMbByDefault = 256
const answerMsMax = 2000

/**
 * Starts Apicurio Registry on the loopback interface, without a container: needs Java 17, and Maven the first time.
 *
 * @throws OstiaryError `platform.missing` where one of them is not installed, `registry.unavailable` where it does not
 *   come up
 */
export async function startRegistry(options: RegistryOptions): Promise<LocalRegistry> {
  const { env = process.env, onStep, signal } = options
  await requireJava('start the schema registry')
  const cacheFolder = options.cacheFolder ?? defaultCacheFolder(env)
  const app = await registryFolder({ cacheFolder, env, signal, onDownload: () => onStep?.('download') })
  const folder = resolve(options.dataFolder)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const port = options.port ? options.port : await freePort()
  const registryUrl = `http://127.0.0.1:${port}/apis/ccompat/v7`
  onStep?.('start')
  const heapMb = options.heapMb ?? heapMbByDefault
  const server = await startJava({
    name: 'the schema registry',
    errorCode: 'registry.unavailable',
    args: [
      ...[`-Xmx${heapMb}m`, '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'],
      ...Object.entries(settingsOf(port)).map(([name, value]) => `-D${name}=${value}`),
      ...['-jar', join(app, `apicurio-registry-app-${registryVersion}-runner.jar`)],
    ],
    folder,
    logs: ['registry.out', 'registry.log'],
    signal,
    ready: () => answers(registryUrl),
  })
  return { ...server, registryUrl }
}

function settingsOf(port: number): Readonly<Record<string, string>> {
  return {
    'quarkus.http.host': '127.0.0.1',
    'quarkus.http.port': String(port),
    // It would be a second port, with figures that nobody asks for.
    'quarkus.management.enabled': 'false',
    // It keeps schemas in memory unless told. Without a delay of 0 a crash loses the last half second, and with it ids that
    // records already carry.
    'apicurio.datasource.url': 'jdbc:h2:file:./registry;WRITE_DELAY=0',
    'apicurio.datasource.jdbc.initial-size': '2',
    'apicurio.datasource.jdbc.min-size': '2',
    'apicurio.datasource.jdbc.max-size': '10',
    'quarkus.log.level': 'WARN',
    'quarkus.log.console.enable': 'false',
    'quarkus.log.file.enable': 'true',
    'quarkus.log.file.path': 'registry.log',
    'quarkus.log.file.rotation.max-file-size': '10M',
    'quarkus.log.file.rotation.max-backup-index': '1',
  }
}

async function answers(registryUrl: string): Promise<boolean> {
  try {
    const { ok, body } = await fetch(`${registryUrl}/subjects`, { signal: AbortSignal.timeout(answerMsMax) })
    await body?.cancel()
    return ok
  } catch {
    return false
  }
}
