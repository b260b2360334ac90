import { createEnricher, type EnrichmentTables, type ScoringModel } from '@ostiary/models'
import { type AccessEvent, OstiaryError } from '@ostiary/schemas'
import type { Config } from '../config/config-schema.ts'
import { LocalPipeline } from '../local/local-pipeline.ts'
import { mergedEvents } from '../local/merged-events.ts'
import type { ListedInput } from '../reading/list-inputs.ts'
import type { Label } from '../replay/labels.ts'
import { type GateLimits, judgedEventsMin, PromotionGates } from './promotion-gates.ts'
import type { GateResult } from './rollout.ts'

/** Share of the time that only warms up, as in training, where there is no state to begin with. */
const warmUpShare = 1 / 3

export interface JudgeOptions {
  readonly config: Config
  readonly key: Uint8Array
  readonly tables: EnrichmentTables
  readonly champion: ScoringModel
  readonly candidate: ScoringModel
  readonly inputs: readonly ListedInput[]
  readonly limits: GateLimits
  readonly labels?: ReadonlyMap<string, Label> | undefined
  /** Sections of a state to begin with; it is not written to. */
  readonly before?: ReadonlyMap<string, Uint8Array> | undefined
  readonly sinceMs?: number | undefined
  readonly untilMs?: number | undefined
}

/**
 * Lets both models score the same events in the same state, and says which gates the candidate passes.
 *
 * @throws OstiaryError `input.empty` where there are too few events to judge by
 */
export async function judgePromotion(options: JudgeOptions): Promise<readonly GateResult[]> {
  const { config, champion, candidate, tables, limits, labels, before } = options
  const gates = new PromotionGates(champion, candidate, limits, labels)
  const judgedFromMs = before === undefined ? await warmUntil(options) : Number.NEGATIVE_INFINITY
  const pipeline = new LocalPipeline({
    detector: config.detector,
    setting: { model: champion, shadow: candidate, tablesId: tables.id, codeVersion: '' },
    desk: { alertsPerDay: config.alertsPerDay, pageBits: 0, casesMax: config.detector.openCasesMax },
    duplicatesMax: config.duplicatesMax,
    reorderMs: config.reorderMs,
    recent: false,
    onScore: (score) => {
      if (score.event.time >= judgedFromMs) gates.takeChampion(score)
    },
    onShadow: (score) => {
      if (score.event.time >= judgedFromMs) gates.takeCandidate(score)
    },
    onAlert: () => undefined,
  })
  if (before !== undefined) pipeline.restore(before)
  for await (const batch of eventsOf(options)) for (const event of batch) pipeline.push(event)
  pipeline.flush()
  if (gates.events < judgedEventsMin)
    throw new OstiaryError(
      'input.empty',
      `Cannot judge by ${gates.events} events: ${judgedEventsMin} are needed, without those that warm up. Give more days`,
    )
  return gates.results()
}

function eventsOf(options: JudgeOptions): AsyncGenerator<readonly AccessEvent[], void> {
  const { config, key, tables, inputs, sinceMs, untilMs } = options
  const enrich = createEnricher({ tenantUid: config.tenant, key, tables })
  return mergedEvents(inputs, { config, enrich, sinceMs, untilMs }).batches
}

async function warmUntil(options: JudgeOptions): Promise<number> {
  let fromMs = Number.POSITIVE_INFINITY
  let untilMs = Number.NEGATIVE_INFINITY
  for await (const batch of eventsOf(options))
    for (const { time } of batch) {
      if (time < fromMs) fromMs = time
      if (time > untilMs) untilMs = time
    }
  return fromMs + (untilMs - fromMs) * warmUpShare
}
