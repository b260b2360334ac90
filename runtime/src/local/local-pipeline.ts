import {
  type CensusTable,
  createPipeline,
  type DeskOptions,
  type DetectorOptions,
  type DetectorSetting,
  type EventScore,
  encodeSnapshot,
  type Operator,
  type PipelineOutput,
  type PipelineState,
  restoreSnapshot,
} from '@ostiary/models'
import type { AccessEvent, Alert, Exhibit } from '@ostiary/schemas'
import { DuplicateRing } from './duplicate-ring.ts'
import { RecentScores } from './recent-scores.ts'
import { ReorderBuffer, reorderEventsMax } from './reorder-buffer.ts'

export interface LocalPipelineOptions {
  readonly detector: DetectorOptions
  readonly setting: Omit<DetectorSetting, 'scores' | 'exhibits'>
  readonly desk: DeskOptions
  /** Ids of events that are remembered, to drop repeats. */
  readonly duplicatesMax: number
  /** How long, in event time, an event waits for earlier ones. */
  readonly reorderMs: number
  /** Whether scores are remembered in the snapshot, to explain events later. */
  readonly recent: boolean
  /** Told each event's score; its arrays are valid until it returns. */
  readonly onScore?: ((score: EventScore) => void) | undefined
  /** Told what `setting.shadow` makes of the same event. */
  readonly onShadow?: ((score: EventScore) => void) | undefined
  readonly onAlert: (alert: Alert) => void
  /** Told each exhibit, and the census that its event was scored against; no census where a case closes. */
  readonly onExhibit?: ((exhibit: Exhibit, census: CensusTable | undefined) => void) | undefined
}

/** What became of events. Each is in exactly one. */
export interface EventCounts {
  scored: number
  duplicates: number
  /** Scored and flagged, but too late to teach. */
  late: number
}

const duplicatesSection = 'duplicates'
export const recentSection = 'recent'

/** The operators in one process, with no broker: drops duplicates, puts events in order of time, folds the pipeline. */
export class LocalPipeline {
  readonly counts: EventCounts = { scored: 0, duplicates: 0, late: 0 }
  readonly #options: LocalPipelineOptions
  readonly #pipeline: Operator<PipelineState, AccessEvent, PipelineOutput>
  readonly #state: PipelineState
  readonly #duplicates: DuplicateRing
  readonly #reorder: ReorderBuffer<AccessEvent>
  readonly #recent: RecentScores | undefined
  readonly #step = (event: AccessEvent): void => this.#take(event)

  constructor(options: LocalPipelineOptions) {
    this.#options = options
    const scores = options.recent || options.onScore !== undefined
    const exhibits = options.onExhibit !== undefined
    this.#pipeline = createPipeline(options.detector, { ...options.setting, scores, exhibits }, options.desk)
    this.#state = this.#pipeline.init()
    this.#duplicates = new DuplicateRing(options.duplicatesMax)
    this.#reorder = new ReorderBuffer(options.reorderMs, reorderEventsMax)
    this.#recent = options.recent ? new RecentScores() : undefined
  }

  /** Identities that are remembered. */
  get identities(): number {
    return this.#state.partition.detector.identities.size
  }

  /** Event-time high-water mark in ms; −1 before the first event. */
  get highWaterMs(): number {
    return this.#state.partition.highWaterMs
  }

  push(event: AccessEvent): void {
    if (this.#duplicates.isNew(event.event_uid)) this.#reorder.push(event, this.#step)
    else this.counts.duplicates += 1
  }

  /** Scores what still waits for earlier events. Cases stay open: more events may come. */
  flush(): void {
    this.#reorder.flush(this.#step)
  }

  /** Everything remembered, as bytes by section. Events that wait must have been flushed. */
  sections(): Map<string, Uint8Array> {
    const sections = new Map(encodeSnapshot(this.#state))
    sections.set(duplicatesSection, this.#duplicates.hashesByAge())
    if (this.#recent !== undefined) sections.set(recentSection, this.#recent.encode())
    return sections
  }

  /** Goes on from what `sections` gave. Throws when a section is missing or damaged; the pipeline is then spoilt. */
  restore(sections: ReadonlyMap<string, Uint8Array>): void {
    restoreSnapshot(this.#state, sections)
    const ids = sections.get(duplicatesSection)
    if (ids === undefined) throw new TypeError(`Cannot restore: section "${duplicatesSection}" is missing`)
    this.#duplicates.restore(ids, 0)
    const recent = sections.get(recentSection)
    if (recent !== undefined) this.#recent?.restore(recent)
  }

  #take(event: AccessEvent): void {
    const { onScore, onShadow, onAlert, onExhibit } = this.#options
    const { detector } = this.#state.partition
    const tooLateBefore = detector.tooLate
    for (const output of this.#pipeline.step(this.#state, event))
      if (output.kind === 'alert') onAlert(output.alert)
      else if (output.kind === 'shadow_score') onShadow?.(output.score)
      // A census comes into force before the event that follows it is scored.
      else if (output.kind === 'exhibit')
        onExhibit?.(output.exhibit, output.exhibit.census === '' ? undefined : detector.census)
      else {
        this.#recent?.add(output.score)
        onScore?.(output.score)
      }
    if (detector.tooLate > tooLateBefore) this.counts.late += 1
    else this.counts.scored += 1
  }
}
