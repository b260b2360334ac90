import { type Config, type Logger, storedModelIn, wholeModelOf } from '@ostiary/runtime'
import { KafkaFeedbackStore, KafkaModelStore } from '@ostiary/runtime/kafka'

const said = { by: 'torture', reason: 'a campaign' } as const
/** Among the reasons of many cases of the records. */
const detection = 'first_action_for_identity'

/** Puts a model in force, and a suppression, by markers before the first record. */
export async function putInForce(config: Config, log: Logger, modelFolder: string, until: string): Promise<void> {
  const models = await KafkaModelStore.open(config, {}, log)
  const stored = await storedModelIn(modelFolder)
  const { id: model } = wholeModelOf(stored)
  await models.put(model, stored)
  await models.record({ ...said, action: 'promote', model })
  await models.close()
  const feedback = await KafkaFeedbackStore.open(config, {}, log)
  const wish = { ...said, action: 'suppress', owner: 'torture', identity_uid: '', team: '', detection, until } as const
  await feedback.record(wish, false)
  await feedback.close()
}

/** Takes both back, at whatever place of each partition the records have come to. */
export async function takeBack(config: Config, log: Logger): Promise<void> {
  const models = await KafkaModelStore.open(config, {}, log)
  await models.record({ ...said, action: 'rollback' })
  await models.close()
  const feedback = await KafkaFeedbackStore.open(config, {}, log)
  await feedback.record({ ...said, action: 'revoke', of: 1 }, false)
  await feedback.close()
}
