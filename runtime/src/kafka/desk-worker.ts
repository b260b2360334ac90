import {
  createDesk,
  type DeskOptions,
  type DeskState,
  deskEntries,
  type EntryStore,
  restoreDesk,
} from '@ostiary/models'
import type { Alert, Finding } from '@ostiary/schemas'
import type { AlertLine } from '../sinks/sink.ts'
import type { Bury } from './dead-letters.ts'
import { type TopicDecoder, UndecodableError } from './schema-client.ts'
import type { InputRecord, PartitionWorker, StepOutputs } from './stage.ts'

export interface DeskWorkerOptions {
  readonly desk: DeskOptions
  readonly decoder: TopicDecoder
  readonly encodeAlert: (alert: Alert) => Buffer
  /** An alert as one line of OCSF. */
  readonly line: AlertLine
  readonly bury: Bury
}

/** Findings to alerts, each written twice in one transaction: as Avro, and as OCSF for tools without a registry. */
export class DeskWorker implements PartitionWorker {
  readonly entries: EntryStore
  readonly #options: DeskWorkerOptions
  readonly #desk: ReturnType<typeof createDesk>
  readonly #state: DeskState

  constructor(options: DeskWorkerOptions) {
    this.#options = options
    this.#desk = createDesk({ ...options.desk, notesChanges: true })
    this.#state = this.#desk.init()
    this.entries = deskEntries(this.#state)
  }

  prepare({ value }: InputRecord): Promise<void> | undefined {
    return this.#options.decoder.prepare(value)
  }

  step(record: InputRecord, outputs: StepOutputs): void {
    let finding: Finding
    try {
      finding = this.#options.decoder.decode(record.value).value as Finding
    } catch (error) {
      if (!(error instanceof UndecodableError)) throw error
      const bytes = record.value ?? Buffer.alloc(0)
      this.#options.bury(record, { reason: 'value.undecodable', detail: error.message, index: 0, bytes }, outputs)
      return
    }
    outputs.count('event')
    for (const alert of this.#desk.step(this.#state, { kind: 'finding', finding })) {
      const key = alert.finding_uid
      outputs.emit({ topic: 'access.alerts', key, value: this.#options.encodeAlert(alert) })
      outputs.emit({ topic: 'access.alerts.ocsf', key, value: Buffer.from(this.#options.line(alert), 'utf8') })
    }
  }

  async restore(entries: ReadonlyMap<string, Uint8Array>): Promise<void> {
    restoreDesk(this.#state, entries)
  }
}
