import type { EntryStore } from '@ostiary/models'
import type { drifting, modelRoles, ServiceMetrics, tableKinds } from '../service/service-metrics.ts'
import type { TraceContext } from '../tracing/trace-header.ts'
import type { Bury } from './dead-letters.ts'
import type { ServiceName, TopicName } from './topics.ts'

/** A record as it lies in its topic. Offsets are numbers: 2^53 of them are enough for any partition. */
export interface InputRecord {
  readonly partition: number
  readonly offset: number
  /** When it was appended, or made, ms since the Unix epoch: the only clock of a stage. */
  readonly timeMs: number
  readonly value: Buffer | null
  /** Of a sampled record, while tracing is on. Nothing that is computed may depend on it. */
  readonly trace?: TraceContext | undefined
  /** What the worker read in it while preparing. */
  decoded?: unknown
}

/** A record to be written in the transaction of what it came from. */
export interface OutputRecord {
  /** Name without prefix. */
  readonly topic: TopicName
  readonly key: string | null
  readonly value: Buffer | null
  /** Where the key does not decide. */
  readonly partition?: number
  readonly headers?: Readonly<Record<string, string>>
}

/** What was counted on the way; told to the metrics once the transaction is committed, so that a retry counts once. */
export type CountKind = 'event' | 'filtered' | 'duplicate' | 'late' | 'rejected' | 'refused'

/** What a step gives: records to write, and counts. */
export interface StepOutputs {
  emit(record: OutputRecord): void
  /** @param label reason of a rejection, or code of a model's refusal; `''` else */
  count(kind: CountKind, label?: string): void
}

/** What a worker can say of itself at any moment. */
export interface WorkerStanding {
  /** Identities remembered. */
  readonly identities?: number
  readonly openCases?: number
  /** Ids of the models that score, by role. */
  readonly models?: readonly (readonly [(typeof modelRoles)[number], string])[]
  /** Ids of the tables in force, by kind. */
  readonly tables?: readonly (readonly [(typeof tableKinds)[number], string])[]
  /** How far recent events are from what the model was calibrated on. */
  readonly drift?: Readonly<Record<(typeof drifting)[number], number | undefined>>
  /** Pages a day that the budget allows, and those that may be sent now. */
  readonly pageBudget?: number
  readonly pageBudgetLeft?: number
}

/**
 * An operator over one input partition with its state. `prepare` may wait, and says by its rejection that it cannot yet;
 * `step` is synchronous and total, so that what it gives depends on the order of records alone.
 */
export interface PartitionWorker {
  readonly entries: EntryStore
  /** Has to be awaited before `step`: fetches schemas and bodies that the record names. Rejects with what can be tried again. */
  prepare(record: InputRecord): Promise<void> | undefined
  step(record: InputRecord, outputs: StepOutputs): void
  /** Goes on from saved entries, in a worker just made. Throws where they cannot be read; the worker is then spoilt. */
  restore(entries: ReadonlyMap<string, Uint8Array>): Promise<void>
  /** The event or alert that a record is, where a metric shows an example; its place says it otherwise. */
  nameOf?(record: InputRecord): Readonly<Record<string, string>> | undefined
  /** What the span of a record says of it once it was stepped over: ids, never anything else of it. */
  spanAttributesOf?(record: InputRecord): Readonly<Record<string, string | number>> | undefined
  /** Tells what it has counted since it was last asked. Called once that is committed, never of a replay. */
  tell?(metrics: ServiceMetrics, nowMs: number): void
  standing?(): WorkerStanding
}

/** What a service does with each record of its input topic. */
export interface Stage {
  readonly service: ServiceName
  readonly input: TopicName
  readonly changelog: TopicName
  readonly bury: Bury
  createWorker(partition: number): PartitionWorker
}
