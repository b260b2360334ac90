import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startKafka, startRegistry } from '@ostiary/runtime/kafka'
import { OstiaryError } from '@ostiary/schemas'
import type { TestProject } from 'vitest/node'
import { containerHost, startContainers } from './containers.ts'
import type { FoundKafka, TestKafka } from './harness.ts'

interface Started {
  readonly found: FoundKafka
  stop(): Promise<void>
}

/**
 * Brings one broker and one registry for all tests of a run that need them, in this order: what the environment names, else
 * containers where a runtime answers, else Java on this machine. Runs only where such a test runs.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { found, stop } = await start()
  project.provide('kafka', found)
  return stop
}

async function start(): Promise<Started> {
  try {
    const named = namedKafka(process.env)
    if (named !== undefined) return { found: named, stop: async () => undefined }
    const host = await containerHost()
    if (host === undefined) return await startLocal()
    const { stop, ...found } = await startContainers(host)
    return { found, stop }
  } catch (cause) {
    // Every test that asks for Kafka fails with this; all others have their say.
    const why = cause instanceof Error ? cause.message : String(cause)
    const ways = 'Docker, or Java 17 and Maven, or OSTIARY_TEST_BROKERS with OSTIARY_TEST_REGISTRY'
    return { found: { missing: `These tests need Kafka: ${ways}. ${why}` }, stop: async () => undefined }
  }
}

/** What the environment names: both or neither, so that no test speaks to a broker with the registry of another. */
function namedKafka(env: NodeJS.ProcessEnv): TestKafka | undefined {
  const { OSTIARY_TEST_BROKERS: brokers = '', OSTIARY_TEST_REGISTRY: registryUrl = '' } = env
  if (brokers === '' && registryUrl === '') return undefined
  if (brokers === '' || registryUrl === '')
    throw new OstiaryError('usage.invalid', 'Set both OSTIARY_TEST_BROKERS and OSTIARY_TEST_REGISTRY, or neither')
  return { brokers, registryUrl }
}

async function startLocal(): Promise<Started> {
  const folder = mkdtempSync(join(tmpdir(), 'ostiary-kafka-'))
  const stops: (() => Promise<void>)[] = [async () => rmSync(folder, { recursive: true, force: true })]
  const stop = async (): Promise<void> => {
    for (const undo of stops.reverse()) await undo()
  }
  try {
    const kafka = await startKafka({ dataFolder: join(folder, 'kafka'), heapMb: 512 })
    stops.push(() => kafka.kill())
    const registry = await startRegistry({ dataFolder: join(folder, 'registry') })
    stops.push(() => registry.kill())
    return { found: { brokers: kafka.brokers, registryUrl: registry.registryUrl }, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
