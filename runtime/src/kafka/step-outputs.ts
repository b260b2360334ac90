import type { Bury } from './dead-letters.ts'
import type { CountKind, InputRecord, OutputRecord, PartitionWorker, StepOutputs } from './stage.ts'

/** Collects what the steps of one transaction give. */
export class CollectedOutputs implements StepOutputs {
  readonly records: OutputRecord[] = []
  readonly counts: Map<CountKind, Map<string, number>> = new Map()
  /** What the step under way has counted. */
  readonly #uncounted: (readonly [CountKind, string])[] = []
  #kept = 0

  emit(record: OutputRecord): void {
    this.records.push(record)
  }

  count(kind: CountKind, label = ''): void {
    this.#uncounted.push([kind, label])
  }

  /** The step is over: what it gave stays. */
  keep(): void {
    this.#kept = this.records.length
    for (const [kind, label] of this.#uncounted) {
      let byLabel = this.counts.get(kind)
      if (byLabel === undefined) {
        byLabel = new Map()
        this.counts.set(kind, byLabel)
      }
      byLabel.set(label, (byLabel.get(label) ?? 0) + 1)
    }
    this.#uncounted.length = 0
  }

  /** The step failed: nothing of what it gave stays. */
  drop(): void {
    this.records.length = this.#kept
    this.#uncounted.length = 0
  }
}

/** Where the outputs of a replay go: they were written when the records were first processed. */
export const suppressedOutputs: StepOutputs = {
  emit: () => undefined,
  count: () => undefined,
}

/**
 * One step that never throws: a record on which the operator fails, which is a defect of ours, goes to the dead letters
 * with nothing of what it gave until then. It fails the same way when it is replayed, so the state stays what it was.
 */
export function stepOrBury(
  worker: PartitionWorker,
  bury: Bury,
  record: InputRecord,
  outputs: StepOutputs,
  onDefect: (error: unknown) => void,
): void {
  const collected = outputs instanceof CollectedOutputs ? outputs : undefined
  try {
    worker.step(record, outputs)
  } catch (error) {
    collected?.drop()
    onDefect(error)
    const detail = `the operator failed on it: ${error instanceof Error ? error.message : String(error)}`
    bury(record, { reason: 'internal.defect', detail, index: 0, bytes: record.value ?? Buffer.alloc(0) }, outputs)
  }
  collected?.keep()
}
