import { jsonEntry, parseEntry } from '@ostiary/models'
import { createLogger } from '@ostiary/runtime'
import {
  burier,
  createServiceMetrics,
  type InputRecord,
  type PartitionWorker,
  ServiceHealth,
  type Stage,
  type StageSetting,
  type StepOutputs,
} from '@ostiary/runtime/kafka'
import { type StateManifest, stateManifestSchema } from '@ostiary/schemas'
import type { Stack } from './stack.ts'

/** Counts its inputs by their value; what it writes tells the count, so that a lost or repeated one shows. */
class CountingWorker implements PartitionWorker {
  readonly counts: Map<string, number> = new Map()
  readonly #changed: Set<string> = new Set()
  readonly entries = {
    layout: 'counting-1',
    takeChanges: (): Map<string, Uint8Array> => {
      const changes = new Map([...this.#changed].map((word) => [word, jsonEntry(this.counts.get(word))] as const))
      this.#changed.clear()
      return changes
    },
  }

  prepare(): undefined {
    return undefined
  }

  step({ value, partition }: InputRecord, outputs: StepOutputs): void {
    const word = value?.toString('utf8') ?? ''
    if (word === 'defect') throw new Error(`the operator does not know the word "${word}"`)
    const count = (this.counts.get(word) ?? 0) + 1
    this.counts.set(word, count)
    this.#changed.add(word)
    outputs.emit({ topic: 'access.alerts.ocsf', key: word, value: Buffer.from(`${partition}:${word}=${count}`) })
  }

  async restore(entries: ReadonlyMap<string, Uint8Array>): Promise<void> {
    for (const word of entries.keys()) this.counts.set(word, parseEntry(entries, word) as number)
  }
}

/** A stage from `access.raw` to `access.alerts.ocsf` that counts, with what a task of it needs. */
export async function countingSetting(stack: Stack, log: string[] = []): Promise<StageSetting> {
  const { config, kafka, admin, schemas } = stack
  const stage: Stage = {
    service: 'desk',
    input: 'access.raw',
    changelog: 'access.desk.changelog',
    bury: burier('desk', 'access.raw', ({ reason, offset }) => Buffer.from(`${offset} ${reason}`)),
    createWorker: () => new CountingWorker(),
  }
  const decoder = schemas.decoder(stage.changelog)
  const logger = createLogger({
    level: 'info',
    service: 'counting',
    version: '0',
    to: { write: (line: string) => void log.push(line) },
  })
  return {
    kafka,
    admin,
    stage,
    groupId: `${config.topicPrefix}ostiary-counting`,
    topicPrefix: config.topicPrefix,
    origin: { tenant_uid: config.tenant, config_sha256: config.hash, code_version: '0' },
    encodeManifest: await schemas.encoder<StateManifest>(config.topicPrefix + stage.changelog, stateManifestSchema),
    decodeManifest: (value) => decoder.decode(value).value as StateManifest,
    snapshotMs: 3_600_000,
    snapshotRecordsMax: 1_000_000,
    log: logger,
    metrics: createServiceMetrics(new ServiceHealth(logger), 'desk'),
  }
}
