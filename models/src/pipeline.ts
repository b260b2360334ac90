import type { AccessEvent, Alert, Exhibit } from '@ostiary/schemas'
import { closeDay } from './census/census.ts'
import { createDesk, type DeskOptions, type DeskState } from './desk/desk.ts'
import type { DetectorSetting, EventScore } from './detector/detector.ts'
import type { DetectorOptions } from './detector/options.ts'
import type { Operator } from './operator.ts'
import { createPartition, type PartitionInput, type PartitionState } from './partition.ts'

/** What comes out of the pipeline, in order. */
export type PipelineOutput =
  | { readonly kind: 'score'; readonly score: EventScore }
  | { readonly kind: 'shadow_score'; readonly model: string; readonly score: EventScore }
  | { readonly kind: 'alert'; readonly alert: Alert }
  | { readonly kind: 'exhibit'; readonly exhibit: Exhibit }

/** Everything the pipeline remembers; its parts are the operators' own states. */
export interface PipelineState {
  readonly partition: PartitionState
  readonly desk: DeskState
}

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
  const partition = createPartition(options, setting)
  const desk = createDesk(deskOptions)

  function drive(state: PipelineState, input: PartitionInput, outputs: PipelineOutput[]): void {
    for (const output of partition.step(state.partition, input)) {
      if (output.kind === 'score' || output.kind === 'shadow_score' || output.kind === 'exhibit') outputs.push(output)
      else if (output.kind === 'finding') {
        const { suppressions } = state.partition.detector.feedback
        for (const alert of desk.step(state.desk, { finding: output.finding, suppressions }))
          outputs.push({ kind: 'alert', alert })
      } else if (output.kind === 'census_day') {
        const table = closeDay(state.partition.detector.census, output.sums, output.day)
        partition.step(state.partition, { kind: 'census', table, epoch: state.partition.censusEpoch + 1 })
      }
    }
  }

  return {
    name: 'pipeline',
    init: () => ({ partition: partition.init(), desk: desk.init() }),
    step(state, event) {
      const outputs: PipelineOutput[] = []
      // A tick of its own, so that the table of a day that is over is in force before the event is scored.
      drive(state, { kind: 'tick', timeMs: event.time }, outputs)
      drive(state, { kind: 'event', event }, outputs)
      return outputs
    },
  }
}
