import type { AccessEvent, Alert } from '@ostiary/schemas'
import { closeDay } from './census/census.ts'
import { createDesk, type DeskOptions, type DeskState } from './desk/desk.ts'
import {
  createDetector,
  type DetectorInput,
  type DetectorSetting,
  type DetectorState,
  type EventScore,
} from './detector/detector.ts'
import type { DetectorOptions } from './detector/options.ts'
import type { Operator } from './operator.ts'

/** What comes out of the pipeline, in order. */
export type PipelineOutput =
  | { readonly kind: 'score'; readonly score: EventScore }
  | { readonly kind: 'alert'; readonly alert: Alert }

/** Everything the pipeline remembers; its parts are the operators' own states. */
export interface PipelineState {
  readonly detector: DetectorState
  readonly desk: DeskState
  /** Event-time high-water mark, in ms; −1 before the first event. */
  highWaterMs: number
}

const hourMs = 3_600_000

/**
 * The fold: detector, census and desk over one ordered stream of events, in one process. The services run the same
 * operators with topics in between; whatever they write must equal what this gives.
 *
 * Ticks come from the high-water mark of event time: when an event enters another hour, cases whose time is over close
 * first; when it enters another day, the census closes and its table is in force from that event on.
 */
export function createPipeline(
  options: DetectorOptions,
  setting: DetectorSetting,
  deskOptions: DeskOptions,
): Operator<PipelineState, AccessEvent, PipelineOutput> {
  const detector = createDetector(options, setting)
  const desk = createDesk(deskOptions)

  function drive(state: PipelineState, input: DetectorInput, outputs: PipelineOutput[]): void {
    for (const output of detector.step(state.detector, input)) {
      if (output.kind === 'score') outputs.push(output)
      else if (output.kind === 'finding')
        for (const alert of desk.step(state.desk, output)) outputs.push({ kind: 'alert', alert })
      else {
        const table = closeDay(state.detector.census, output.sums, output.day)
        detector.step(state.detector, { kind: 'census', table })
      }
    }
  }

  return {
    name: 'pipeline',
    init: () => ({ detector: detector.init(), desk: desk.init(), highWaterMs: -1 }),
    step(state, event) {
      const outputs: PipelineOutput[] = []
      if (event.time > state.highWaterMs) {
        if (state.highWaterMs >= 0 && Math.floor(event.time / hourMs) > Math.floor(state.highWaterMs / hourMs))
          drive(state, { kind: 'tick', timeMs: event.time }, outputs)
        state.highWaterMs = event.time
      }
      drive(state, { kind: 'event', event }, outputs)
      return outputs
    },
  }
}
