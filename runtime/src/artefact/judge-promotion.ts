import type { ScoringModel } from '@ostiary/models'
import { OstiaryError } from '@ostiary/schemas'
import { mergedEvents } from '../local/merged-events.ts'
import { type ReplayOptions, replay } from '../replay/replay.ts'
import { type GateLimits, judgedEventsMin, promotionGates } from './promotion-gates.ts'
import type { GateResult } from './rollout.ts'

/** Share of the time that only warms up, as in training, where there is no state to begin with. */
const warmUpShare = 1 / 3

export interface JudgeOptions extends Omit<ReplayOptions, 'models' | 'fromMs'> {
  readonly champion: ScoringModel
  readonly candidate: ScoringModel
  readonly limits: GateLimits
}

/**
 * Replays events under both models, and says which gates the candidate passes.
 *
 * @throws OstiaryError `input.empty` where there are too few events to judge by
 */
export async function judgePromotion(options: JudgeOptions): Promise<readonly GateResult[]> {
  const { champion, candidate, before, limits } = options
  const models = [
    { name: 'A', model: champion },
    { name: 'B', model: candidate },
  ]
  const fromMs = before === undefined ? await warmUntil(options) : undefined
  const done = await replay({ ...options, models, fromMs })
  const judged = done.events - done.labelled
  if (judged < judgedEventsMin)
    throw new OstiaryError(
      'input.empty',
      `Cannot judge by ${judged} events: ${judgedEventsMin} are needed, without those that warm up. Give more days`,
    )
  return promotionGates(done, limits)
}

async function warmUntil(options: JudgeOptions): Promise<number> {
  const { config, key, tables, inputs, sinceMs, untilMs } = options
  let firstMs = Number.POSITIVE_INFINITY
  let lastMs = Number.NEGATIVE_INFINITY
  for await (const batch of mergedEvents(inputs, { config, key, tables, sinceMs, untilMs }).batches)
    for (const { time } of batch) {
      if (time < firstMs) firstMs = time
      if (time > lastMs) lastMs = time
    }
  return firstMs + (lastMs - firstMs) * warmUpShare
}
