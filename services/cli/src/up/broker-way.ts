import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  isFree,
  kafkaVersion,
  type LocalServer,
  registryVersion,
  runTool,
  type StartStep,
  startKafka,
  startRegistry,
} from '@ostiary/runtime/kafka'
import { OstiaryError } from '@ostiary/schemas'
import type { Steps } from '../render/steps.ts'
import type { Part, RunningPart } from './part.ts'

/** Where a broker and a registry come from. */
export type Way = 'docker' | 'java'

export interface BrokerAddresses {
  readonly brokers: string
  readonly registryUrl: string
}

/** What docker-compose.yml publishes on this machine; a test holds it to that. */
export const composeAddresses: BrokerAddresses = {
  brokers: 'localhost:9092',
  registryUrl: 'http://localhost:8081/apis/ccompat/v7',
}
const composeServices = ['kafka', 'registry'] as const

/** A container runtime that hangs is none. */
const dockerAnswerMsMax = 20_000
/** The first start fetches images. */
const dockerStartMsMax = 15 * 60_000
const folderLevelsMax = 8

/** Whether Docker answers here, with its compose plugin. */
export async function dockerAnswers(signal: AbortSignal): Promise<boolean> {
  for (const args of [['info'], ['compose', 'version']]) {
    try {
      await runTool('docker', args, { action: 'ask Docker', timeoutMs: dockerAnswerMsMax, signal })
    } catch {
      return false
    }
  }
  return true
}

/** Broker and registry of docker-compose.yml. What ran before is left running in the end. */
export function dockerPart(signal: AbortSignal): Part {
  const folder = folderWith('docker-compose.yml', import.meta.dirname)
  const compose = (action: string, args: readonly string[], abort?: AbortSignal): Promise<string> =>
    runTool('docker', ['compose', ...args], { action, timeoutMs: dockerStartMsMax, cwd: folder, signal: abort })
  return {
    name: 'Docker',
    async start(): Promise<RunningPart> {
      const before = await compose('ask Docker', ['ps', '--status', 'running', '--services'], signal)
      const running = new Set(before.split(/\s+/))
      const ours = composeServices.filter((name) => !running.has(name))
      // Docker itself starts again what ends.
      if (ours.length > 0) await compose('start Kafka in Docker', ['up', '--detach', '--wait', ...ours], signal)
      return {
        ended: new Promise(() => undefined),
        async stop() {
          if (ours.length > 0) await compose('stop Kafka in Docker', ['stop', ...ours])
        },
      }
    },
  }
}

function folderWith(name: string, from: string): string {
  let folder = from
  for (let level = 0; level < folderLevelsMax; level += 1, folder = dirname(folder))
    if (existsSync(join(folder, name))) return folder
  throw new OstiaryError(
    'platform.missing',
    `Cannot start Kafka in Docker: there is no ${name} in the folders above "${from}". Give --with java`,
  )
}

export interface JavaOptions {
  readonly dataFolder: string
  readonly brokerPort: number
  readonly registryPort: number
  readonly steps: Steps
}

/** Kafka and the registry as Java processes of this machine, each at a port that stays its own. */
export function javaParts({ dataFolder, brokerPort, registryPort, steps }: JavaOptions): {
  readonly parts: readonly Part[]
  readonly addresses: BrokerAddresses
} {
  const onStep = (step: StartStep): void => steps.note(stepTexts[step])
  return {
    parts: [
      {
        name: `Kafka ${kafkaVersion}`,
        start: async (signal) =>
          partOf(
            await startKafka({
              dataFolder: join(dataFolder, 'kafka'),
              port: brokerPort,
              heapMb,
              javaFlags: [],
              signal,
              onStep,
            }),
          ),
      },
      {
        name: `Registry ${registryVersion}`,
        start: async (signal) =>
          partOf(await startRegistry({ dataFolder: join(dataFolder, 'registry'), port: registryPort, signal, onStep })),
      },
    ],
    addresses: {
      brokers: `127.0.0.1:${brokerPort}`,
      registryUrl: `http://127.0.0.1:${registryPort}/apis/ccompat/v7`,
    },
  }
}

const heapMb = 512

const stepTexts: Readonly<Record<StartStep, string>> = {
  download: 'downloading it with Maven, once',
  format: 'making its log',
  start: 'starting',
}

function partOf(server: LocalServer): RunningPart {
  return {
    ended: server.ended.then(() => ({ text: 'its process is gone', final: false })),
    stop: () => server.stop(),
  }
}

/** Throws `usage.invalid` for a port that something listens on. */
export async function requireFree(port: number, what: string, flag: string): Promise<void> {
  if (await isFree(port)) return
  throw new OstiaryError(
    'usage.invalid',
    `Cannot start ${what} on port ${port}: something listens there, perhaps another "ostiary up". End it, or give ${flag}`,
  )
}
