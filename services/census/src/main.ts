import { configuredModel } from '@ostiary/runtime'
import {
  burier,
  CensusWorker,
  partitionsOf,
  SchemaClient,
  type ServiceContext,
  type Stage,
  StageRunner,
} from '@ostiary/runtime/kafka'
import {
  type ArtefactPiece,
  artefactPieceSchema,
  type DeadLetter,
  deadLetterSchema,
  type Marker,
  markerSchema,
} from '@ostiary/schemas'

/** `access.census` to tables of what is usual in the tenant, put in force by markers in `access.events`. */
export async function runCensus(context: ServiceContext): Promise<void> {
  const { config, env } = context
  const model = await configuredModel(config, env)
  const schemas = new SchemaClient(config, env)
  const { topicPrefix } = config
  const encodePiece = await schemas.encoder<ArtefactPiece>(`${topicPrefix}access.artefacts`, artefactPieceSchema)
  const encodeMarker = await schemas.encoder<Marker>(`${topicPrefix}access.events`, markerSchema)
  const encodeLetter = await schemas.encoder<DeadLetter>(`${topicPrefix}access.dlq`, deadLetterSchema)
  const eventPartitions = await partitionsOf(context, 'access.events')
  const decoder = schemas.decoder('access.census')
  const bury = burier('census', 'access.census', encodeLetter)
  const stage: Stage = {
    service: 'census',
    input: 'access.census',
    changelog: 'access.census.changelog',
    bury,
    createWorker: () =>
      new CensusWorker({
        first: model.census,
        eventPartitions,
        decoder,
        encodePiece,
        encodeMarker,
        bury,
      }),
  }
  await StageRunner.run(context, stage, schemas)
}
