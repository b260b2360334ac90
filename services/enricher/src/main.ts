import { createEnricher } from '@ostiary/models'
import { defaultCacheFolder, loadTables, readKeyFile } from '@ostiary/runtime'
import {
  burier,
  EnricherWorker,
  partitionsOf,
  SchemaClient,
  type ServiceContext,
  type Stage,
  StageRunner,
} from '@ostiary/runtime/kafka'
import {
  type AccessEvent,
  accessEventSchema,
  type DeadLetter,
  deadLetterSchema,
  type Marker,
  markerSchema,
} from '@ostiary/schemas'

export interface EnricherOptions {
  /** The pseudonymisation key's file. It has to be there: two instances must not make two keys. */
  readonly keyFile: string
}

/** `access.raw` to `access.events`. The one service that sees names in clear and holds the pseudonymisation key. */
export async function runEnricher(context: ServiceContext, { keyFile }: EnricherOptions): Promise<void> {
  const { config, env } = context
  const key = readKeyFile(keyFile)
  const tables = await loadTables({ contextFiles: config.context, cacheFolder: defaultCacheFolder(env) })
  const enrich = createEnricher({ tenantUid: config.tenant, key, tables })
  const schemas = new SchemaClient(config, env)
  const { topicPrefix } = config
  const eventsTopic = `${topicPrefix}access.events`
  const encodeEvent = await schemas.encoder<AccessEvent>(eventsTopic, accessEventSchema)
  const encodeMarker = await schemas.encoder<Marker>(eventsTopic, markerSchema)
  const encodeLetter = await schemas.encoder<DeadLetter>(`${topicPrefix}access.dlq`, deadLetterSchema)
  const eventPartitions = await partitionsOf(context, 'access.events')
  const bury = burier('enricher', 'access.raw', encodeLetter)
  const stage: Stage = {
    service: 'enricher',
    input: 'access.raw',
    changelog: 'access.enricher.changelog',
    bury,
    createWorker: () =>
      new EnricherWorker({
        enrich,
        tablesId: tables.id,
        source: config.source === 'auto' ? undefined : config.source,
        depthMax: config.depthMax,
        recordBytesMax: config.recordBytesMax,
        duplicatesMax: config.duplicatesMax,
        futureMs: config.futureMs,
        eventPartitions,
        encodeEvent,
        encodeMarker,
        bury,
      }),
  }
  await StageRunner.run(context, stage, schemas)
}
