import type { AccessEvent } from '@ostiary/schemas'
import type { CensusTable } from './census/census-table.ts'
import { createDetector, type DetectorOutput, type DetectorSetting, type DetectorState } from './detector/detector.ts'
import type { DetectorOptions } from './detector/options.ts'
import type { Feedback } from './feedback/feedback.ts'
import type { Operator } from './operator.ts'
import type { ScoringModel } from './score/scoring-model.ts'

/** What lies in a partition of the ordered stream: events, and markers of what takes effect at their place. */
export type PartitionInput =
  | { readonly kind: 'event'; readonly event: AccessEvent }
  /** Event time has passed `timeMs`, as another partition's events say. */
  | { readonly kind: 'tick'; readonly timeMs: number }
  | { readonly kind: 'census'; readonly table: CensusTable; readonly epoch: number }
  /** This model scores from here on; `undefined` for the one the detector was made with. */
  | { readonly kind: 'model'; readonly model: ScoringModel | undefined }
  /** This model scores beside it from here on; `undefined` for none. */
  | { readonly kind: 'shadow'; readonly model: ScoringModel | undefined }
  /** These labels and suppressions are in force from here on. */
  | { readonly kind: 'feedback'; readonly feedback: Feedback }
  /** Events from here on were enriched with these tables. */
  | { readonly kind: 'tables'; readonly id: string }

/** Everything that is remembered of a partition. */
export interface PartitionState {
  readonly detector: DetectorState
  /** Event-time high-water mark, in ms; −1 before the first event. */
  highWaterMs: number
  /** Epoch of the census in force; 0 for the model's own. */
  censusEpoch: number
  /** Id of the model that a marker put in force; `''` while that is the one the detector was made with. */
  promoted: string
}

const hourMs = 3_600_000
const nothing: readonly DetectorOutput[] = []

/**
 * The detector over one partition in the order in which it lies in the log. Gives the detector a tick whenever the high-water
 * mark of event time enters another hour. A census that is not newer than the one in force is passed over.
 */
export function createPartition(
  options: DetectorOptions,
  setting: DetectorSetting,
): Operator<PartitionState, PartitionInput, DetectorOutput> {
  const detector = createDetector(options, setting)

  function advance(state: PartitionState, timeMs: number): readonly DetectorOutput[] {
    if (timeMs <= state.highWaterMs) return nothing
    const beforeMs = state.highWaterMs
    state.highWaterMs = timeMs
    return beforeMs >= 0 && Math.floor(timeMs / hourMs) > Math.floor(beforeMs / hourMs)
      ? detector.step(state.detector, { kind: 'tick', timeMs })
      : nothing
  }

  return {
    name: 'partition',
    init: () => ({ detector: detector.init(), highWaterMs: -1, censusEpoch: 0, promoted: '' }),
    step(state, input) {
      if (input.kind === 'model') {
        state.promoted = input.model?.id ?? ''
        return detector.step(state.detector, { kind: 'model', model: input.model ?? setting.model })
      }
      if (input.kind === 'shadow' || input.kind === 'feedback' || input.kind === 'tables')
        return detector.step(state.detector, input)
      if (input.kind === 'tick') return advance(state, input.timeMs)
      if (input.kind === 'census') {
        if (input.epoch <= state.censusEpoch) return nothing
        state.censusEpoch = input.epoch
        return detector.step(state.detector, input)
      }
      const ticked = advance(state, input.event.time)
      const outputs = detector.step(state.detector, input)
      return ticked.length === 0 ? outputs : [...ticked, ...outputs]
    },
  }
}
