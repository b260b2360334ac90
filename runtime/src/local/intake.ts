import { createHash } from 'node:crypto'
import type { Enricher } from '@ostiary/models'
import { type AccessEvent, canonicalSha256, normaliseRecord, type RejectReason, type SourceId } from '@ostiary/schemas'
import { settings } from '../config/config-schema.ts'
import type { RejectedRecord } from '../files/rejects-writer.ts'
import { invalidJson, parseRecord } from '../reading/parse-record.ts'
import { headBytesMax, type RawItem, type RawRecord } from '../reading/raw-item.ts'

/** What became of records on their way to events; `records` is the sum of the rest and of the events that came out. */
export interface IntakeCounts {
  records: number
  readonly rejected: Map<RejectReason, number>
  /** Digest files, heartbeats, and events outside the asked time. */
  filtered: number
  events: number
}

export function noCounts(): IntakeCounts {
  return { records: 0, rejected: new Map(), filtered: 0, events: 0 }
}

/** Adds what became of other records. */
export function addCounts(sum: IntakeCounts, counts: IntakeCounts): void {
  sum.records += counts.records
  sum.filtered += counts.filtered
  sum.events += counts.events
  for (const [reason, count] of counts.rejected) sum.rejected.set(reason, (sum.rejected.get(reason) ?? 0) + count)
}

export interface IntakeOptions {
  readonly enrich: Enricher
  /** The format, where it is given and not to be detected. */
  readonly source?: SourceId | undefined
  /** Event time from which, and before which, events are wanted; ms. */
  readonly sinceMs?: number | undefined
  readonly untilMs?: number | undefined
  /** How far beyond `nowMs` an event's time may lie before it is rejected; the setting's default unless given. */
  readonly futureMs?: number | undefined
  /** The clock that tells the future from the past; ms since the epoch. */
  readonly nowMs?: (() => number) | undefined
  readonly onReject?: ((reject: RejectedRecord) => void) | undefined
}

/**
 * The door: raw records in, access events out. Keeps no state but counts. It has a clock, since behind it there is none:
 * one event from the far future, let in, would make all that follow late.
 */
export class Intake {
  #counts: IntakeCounts = noCounts()
  readonly #options: IntakeOptions
  readonly #sinceMs: number
  readonly #untilMs: number
  readonly #futureMs: number
  readonly #nowMs: () => number

  constructor(options: IntakeOptions) {
    this.#options = options
    this.#sinceMs = options.sinceMs ?? Number.NEGATIVE_INFINITY
    this.#untilMs = options.untilMs ?? Number.POSITIVE_INFINITY
    this.#futureMs = options.futureMs ?? settings.futureMs.byDefault
    this.#nowMs = options.nowMs ?? Date.now
  }

  get counts(): IntakeCounts {
    return this.#counts
  }

  /** The counts so far; the next ones begin at nothing. */
  takeCounts(): IntakeCounts {
    const counts = this.#counts
    this.#counts = noCounts()
    return counts
  }

  /** Takes what was cut out of a file. */
  take(file: string, item: RawItem, emit: (event: AccessEvent) => void): void {
    if (item.kind === 'reject') {
      this.#counts.records += 1
      this.#reject(item.reason, () => ({ ...item, file }))
      return
    }
    const rejected = (reason: RejectReason): void => this.#reject(reason, () => rejectOf(file, item, reason))
    const parsed = parseRecord(item.bytes)
    if (parsed !== invalidJson) this.takeValue(parsed, emit, rejected)
    else {
      this.#counts.records += 1
      rejected('json.invalid')
    }
  }

  /** Takes a parsed record, which may be an envelope of several. */
  takeValue(value: unknown, emit: (event: AccessEvent) => void, rejected: (reason: RejectReason) => void): void {
    const counts = this.#counts
    normaliseRecord(
      value,
      (outcome, record) => {
        counts.records += 1
        if (outcome.kind === 'rejected') rejected(outcome.reason)
        else if (outcome.kind === 'filtered') counts.filtered += 1
        else if (outcome.event.timeMs < this.#sinceMs || outcome.event.timeMs >= this.#untilMs) counts.filtered += 1
        else if (outcome.event.timeMs > this.#nowMs() + this.#futureMs) rejected('record.invalid_time')
        else {
          counts.events += 1
          emit(this.#options.enrich(outcome.event, () => canonicalSha256(record)))
        }
      },
      this.#options.source,
    )
  }

  #reject(reason: RejectReason, describe: () => RejectedRecord): void {
    this.#counts.rejected.set(reason, (this.#counts.rejected.get(reason) ?? 0) + 1)
    this.#options.onReject?.(describe())
  }
}

function rejectOf(file: string, { index, byteOffset, bytes }: RawRecord, reason: RejectReason): RejectedRecord {
  return {
    file,
    index,
    byteOffset,
    length: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    reason,
    // Copied, since the reader goes on to use its buffer.
    head: Buffer.from(bytes.subarray(0, headBytesMax)),
  }
}
