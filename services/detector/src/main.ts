import { configuredModel, loadModelTrust } from '@ostiary/runtime'
import {
  ArtefactStore,
  burier,
  connect,
  DetectorWorker,
  partitionsOf,
  SchemaClient,
  type ServiceContext,
  type Stage,
  StageRunner,
} from '@ostiary/runtime/kafka'
import {
  type CensusSums,
  censusSumsSchema,
  type DeadLetter,
  deadLetterSchema,
  type Exhibit,
  eventScoreSchema,
  exhibitSchema,
  type Finding,
  findingSchema,
  type ScoreRecord,
} from '@ostiary/schemas'

/** `access.events` to `access.findings`: scores, learns, explains. */
export async function runDetector(context: ServiceContext): Promise<void> {
  const { config, env, log, version } = context
  const model = await configuredModel(config, env)
  const trust = await loadModelTrust(config, env)
  const schemas = new SchemaClient(config, env)
  const { topicPrefix } = config
  const encodeFinding = await schemas.encoder<Finding>(`${topicPrefix}access.findings`, findingSchema)
  const encodeExhibit = await schemas.encoder<Exhibit>(`${topicPrefix}access.exhibits`, exhibitSchema)
  const encodeScore = await schemas.encoder<ScoreRecord>(`${topicPrefix}access.scores`, eventScoreSchema)
  const encodeSums = await schemas.encoder<CensusSums>(`${topicPrefix}access.census`, censusSumsSchema)
  const encodeLetter = await schemas.encoder<DeadLetter>(`${topicPrefix}access.dlq`, deadLetterSchema)
  const eventPartitions = await partitionsOf(context, 'access.events')
  const kafka = connect(config, env, log, 'ostiary-detector-artefacts')
  const admin = kafka.admin()
  await admin.connect()
  const artefacts = new ArtefactStore({
    kafka,
    admin,
    schemas,
    topicPrefix,
    groupId: `${topicPrefix}ostiary-detector-restore`,
    known: [model],
  })
  const decoder = schemas.decoder('access.events')
  const bury = burier('detector', 'access.events', encodeLetter)
  const stage: Stage = {
    service: 'detector',
    input: 'access.events',
    changelog: 'access.detector.changelog',
    bury,
    createWorker: (partition) =>
      new DetectorWorker({
        detector: config.detector,
        setting: { model, tablesId: '', codeVersion: version },
        scores: config.scoresTo === 'topic',
        tenant: config.tenant,
        partition,
        eventPartitions,
        artefacts,
        trust,
        log,
        decoder,
        encodeFinding,
        encodeExhibit,
        encodeScore,
        encodeSums,
        bury,
      }),
  }
  try {
    await StageRunner.run(context, stage, schemas)
  } finally {
    await admin.disconnect()
  }
}
