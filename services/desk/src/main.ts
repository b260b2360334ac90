import { alertLineOf, configuredModel } from '@ostiary/runtime'
import {
  ArtefactStore,
  burier,
  connect,
  DeskWorker,
  SchemaClient,
  type ServiceContext,
  type Stage,
  StageRunner,
} from '@ostiary/runtime/kafka'
import { type Alert, alertSchema, type DeadLetter, deadLetterSchema } from '@ostiary/schemas'

/** `access.findings` to `access.alerts`: page, digest or suppressed, within the budget. It alone writes alerts. */
export async function runDesk(context: ServiceContext): Promise<void> {
  const { config, env, log, version } = context
  const model = await configuredModel(config, env)
  const schemas = new SchemaClient(config, env)
  const encodeAlert = await schemas.encoder<Alert>(`${config.topicPrefix}access.alerts`, alertSchema)
  const encodeLetter = await schemas.encoder<DeadLetter>(`${config.topicPrefix}access.dlq`, deadLetterSchema)
  const decoder = schemas.decoder('access.findings')
  const kafka = connect(config, env, log, 'ostiary-desk-artefacts')
  const admin = kafka.admin()
  await admin.connect()
  const { topicPrefix } = config
  const groupId = `${topicPrefix}ostiary-desk-restore`
  const artefacts = new ArtefactStore({ kafka, admin, schemas, topicPrefix, groupId, known: [model] })
  const bury = burier('desk', 'access.findings', encodeLetter)
  const stage: Stage = {
    service: 'desk',
    input: 'access.findings',
    changelog: 'access.desk.changelog',
    bury,
    createWorker: () =>
      new DeskWorker({
        desk: {
          alertsPerDay: config.alertsPerDay,
          pageBits: model.pageBits(config.alertsPerDay),
          casesMax: config.detector.openCasesMax,
        },
        model,
        artefacts,
        log,
        decoder,
        encodeAlert,
        line: alertLineOf({ format: 'ocsf', productVersion: version }),
        bury,
      }),
  }
  try {
    await StageRunner.run(context, stage, schemas)
  } finally {
    await admin.disconnect()
  }
}
