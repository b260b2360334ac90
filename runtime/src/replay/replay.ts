import { type EnrichmentTables, type Feedback, learntSha256, type ScoringModel } from '@ostiary/models'
import type { AccessEvent } from '@ostiary/schemas'
import type { Config } from '../config/config-schema.ts'
import { mergedEvents } from '../local/merged-events.ts'
import { LocalRun } from '../local/scan.ts'
import type { ListedInput } from '../reading/list-inputs.ts'
import { type CaseComparison, compareCases } from './compare-cases.ts'
import type { Label } from './labels.ts'
import { type LabelledAttack, Recall } from './recall.ts'
import { type ReplayedCase, ReplayedCases } from './replayed-cases.ts'
import { ScoreShift, type Shift } from './score-shift.ts'

/** A model with what to call it. */
export interface NamedModel {
  readonly name: string
  readonly model: ScoringModel
}

export interface ReplayOptions {
  readonly config: Config
  readonly key: Uint8Array
  readonly tables: EnrichmentTables
  /** One, or two to compare. */
  readonly models: readonly NamedModel[]
  readonly codeVersion: string
  readonly inputs: readonly ListedInput[]
  /** Sections of the state that both begin with; an empty one unless given. */
  readonly before?: ReadonlyMap<string, Uint8Array> | undefined
  readonly sinceMs?: number | undefined
  readonly untilMs?: number | undefined
  /** Events before this time warm the state up and are not reported. */
  readonly fromMs?: number | undefined
  readonly labels?: ReadonlyMap<string, Label> | undefined
  /** Labels and suppressions in force throughout. */
  readonly feedback?: Feedback | undefined
  readonly onBytes?: ((bytes: number) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** Cases that began on a day, by disposition. */
export interface ReplayedDay {
  /** `2026-01-31`, UTC. */
  readonly day: string
  readonly pages: number
  readonly digest: number
  readonly suppressed: number
}

/** What one model made of the events. */
export interface ReplayedRun {
  readonly name: string
  readonly model: string
  /** Score, in bits, that is paged within the budget. */
  readonly pageBits: number
  readonly cases: number
  readonly pages: number
  readonly digest: number
  readonly suppressed: number
  /** Cases that found no room. */
  readonly leftOut: number
  /** Cases that are not suppressed and whose score reached `pageBits`, whether or not the budget had a page left. */
  readonly overThreshold: number
  /** Pages with an event of a labelled attack among their evidence; where labels were given. */
  readonly labelledPages: number | undefined
  /** Cases with such an event that a suppression kept quiet. */
  readonly hidden: readonly ReplayedCase[]
  readonly days: readonly ReplayedDay[]
  /** Events at so many bits or more, from 0 on, one entry a bit; without labelled ones, which are none of those to be calibrated by. */
  readonly tail: readonly number[]
  /** Time in the pipeline, all events, and what that is a second and an event. */
  readonly seconds: number
  readonly eventsPerSecond: number
  readonly microsPerEvent: number
  /** Hash of what was learnt, which models do not decide. */
  readonly learnt: string
}

export interface Replay {
  /** Of the first and the last event that is reported, RFC 3339; `''` where there is none. */
  readonly from: string
  readonly until: string
  readonly records: number
  /** Events before `fromMs`. */
  readonly warmUp: number
  /** Events that are reported. */
  readonly events: number
  /** Those of them that are labelled. */
  readonly labelled: number
  readonly runs: readonly ReplayedRun[]
  /** Of two models: B against A. */
  readonly comparison: CaseComparison | undefined
  readonly shifts: readonly Shift[]
  readonly attacks: readonly LabelledAttack[]
  readonly interrupted: boolean
}

/** Whole bits that a tail tells. */
const tailBitsMax = 32

/** Runs the same events through the live pipeline under one model or two, from the same state, and compares what comes out. */
export async function replay(options: ReplayOptions): Promise<Replay> {
  const { models, signal } = options
  const { counts, batches } = mergedEvents(options.inputs, options)
  const work = new Work(options)
  for await (const batch of batches) {
    await work.take(batch)
    if (signal?.aborted) break
  }
  await work.finish()
  return { ...work.result(models), records: counts.records, interrupted: signal?.aborted === true }
}

interface OneRun {
  readonly run: LocalRun
  readonly cases: ReplayedCases
  tookMs: number
}

/** A replay on its way. */
class Work {
  readonly #options: ReplayOptions
  readonly #fromMs: number
  readonly #recall: Recall
  readonly #shift = new ScoreShift()
  /** Events that are not labelled by their whole bits, by model. */
  readonly #calm: readonly [number[], number[]] = [emptyTail(), emptyTail()]
  #labelled = 0
  readonly #runs: readonly OneRun[]
  #batches = 0
  #warmUp = 0
  #events = 0
  #firstMs = Number.POSITIVE_INFINITY
  #lastMs = Number.NEGATIVE_INFINITY

  constructor(options: ReplayOptions) {
    this.#options = options
    this.#fromMs = options.fromMs ?? Number.NEGATIVE_INFINITY
    this.#recall = new Recall(options.labels ?? new Map(), options.models.length)
    this.#runs = options.models.map((_, index) => this.#runOf(index as 0 | 1))
  }

  #runOf(index: 0 | 1): OneRun {
    const { config, tables, models, codeVersion, before, feedback } = this.#options
    const cases = new ReplayedCases(this.#fromMs, (uid) => this.#recall.isLabelled(uid))
    // Both begin with one census, so that they learn the same: a model's own is in force only until the first day closes.
    const model = { ...models[index]!.model, census: models[0]!.model.census }
    const run = new LocalRun({
      config,
      tables,
      model,
      codeVersion,
      feedback,
      before: before && new Map(before),
      sinks: [],
      nameOf: (uid) => uid,
      onAlert: (alert) => cases.add(alert),
      onScore: (score) => {
        const { time, event_uid } = score.event
        if (index === 0) this.#count(time)
        if (time < this.#fromMs) return
        // Of one model alone nothing would ever be compared.
        if (models.length > 1) this.#shift.add(index, score)
        const bits = Math.max(0, Math.min(tailBitsMax, Math.floor(score.score)))
        if (!this.#recall.isLabelled(event_uid)) this.#calm[index][bits]! += 1
        else {
          this.#recall.add(index, event_uid, score.score)
          if (index === 0) this.#labelled += 1
        }
      },
    })
    return { run, cases, tookMs: 0 }
  }

  #count(timeMs: number): void {
    if (timeMs < this.#fromMs) {
      this.#warmUp += 1
      return
    }
    this.#events += 1
    if (timeMs < this.#firstMs) this.#firstMs = timeMs
    if (timeMs > this.#lastMs) this.#lastMs = timeMs
  }

  async take(batch: readonly AccessEvent[]): Promise<void> {
    // By turns, so that neither model always finds the other's data in the caches.
    this.#batches += 1
    const order = this.#batches % 2 === 0 ? this.#runs : [...this.#runs].reverse()
    for (const one of order) await timed(one, () => one.run.take(batch))
    this.#shift.settle()
  }

  async finish(): Promise<void> {
    for (const one of this.#runs) await timed(one, () => one.run.finish())
    this.#shift.settle()
  }

  result(models: readonly NamedModel[]): Omit<Replay, 'records' | 'interrupted'> {
    const cases = this.#runs.map((one) => one.cases)
    const attacks = this.#recall.attacks(cases)
    const [a, b] = cases
    const isCompared = b !== undefined
    return {
      from: this.#events === 0 ? '' : new Date(this.#firstMs).toISOString(),
      until: this.#events === 0 ? '' : new Date(this.#lastMs).toISOString(),
      warmUp: this.#warmUp,
      events: this.#events,
      labelled: this.#labelled,
      runs: models.map((named, index) => this.#runResult(named, index as 0 | 1)),
      comparison: isCompared ? compareCases(a!.all(), b.all()) : undefined,
      shifts: isCompared ? this.#shift.shifts() : [],
      attacks,
    }
  }

  #runResult({ name, model }: NamedModel, index: 0 | 1): ReplayedRun {
    const { run, cases, tookMs } = this.#runs[index]!
    const { config, labels } = this.#options
    const all = cases.all()
    const events = this.#warmUp + this.#events
    const pageBits = model.pageBits(config.alertsPerDay)
    return {
      name,
      model: model.id,
      pageBits,
      cases: all.length,
      ...dispositionsOf(all),
      leftOut: cases.leftOut,
      overThreshold: all.filter(({ disposition, score }) => disposition !== 'suppressed' && score >= pageBits).length,
      labelledPages: labels === undefined ? undefined : cases.labelled('page').length,
      hidden: cases.labelled('suppressed'),
      days: this.#daysOf(all),
      tail: tailOf(this.#calm[index]),
      seconds: Math.round(tookMs) / 1000,
      eventsPerSecond: tookMs === 0 ? 0 : Math.round((events * 1000) / tookMs),
      microsPerEvent: events === 0 ? 0 : Math.round((tookMs * 10_000) / events) / 10,
      learnt: learntSha256(run.pipeline.sections()),
    }
  }

  /** Every day from the first event to the last, also those on which nothing was strange. */
  #daysOf(cases: readonly ReplayedCase[]): ReplayedDay[] {
    const byDay = new Map<string, ReplayedCase[]>()
    for (let timeMs = startOfDay(this.#firstMs); timeMs <= this.#lastMs; timeMs += dayMs) byDay.set(dayText(timeMs), [])
    for (const one of cases) byDay.get(dayText(one.firstMs))?.push(one)
    return [...byDay].map(([day, held]) => ({ day, ...dispositionsOf(held) }))
  }
}

function emptyTail(): number[] {
  return Array.from({ length: tailBitsMax + 1 }, () => 0)
}

/** How many have at least so many bits, of how many have so many; without the end where there are none. */
function tailOf(counts: readonly number[]): number[] {
  const tail: number[] = []
  let above = 0
  for (const count of [...counts].reverse()) {
    above += count
    if (above > 0) tail.unshift(above)
  }
  return tail
}

const dayMs = 86_400_000

function startOfDay(timeMs: number): number {
  return Math.floor(timeMs / dayMs) * dayMs
}

function dayText(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10)
}

function dispositionsOf(cases: readonly ReplayedCase[]): Pick<ReplayedDay, 'pages' | 'digest' | 'suppressed'> {
  const count = (what: ReplayedCase['disposition']): number =>
    cases.filter(({ disposition }) => disposition === what).length
  return { pages: count('page'), digest: count('digest'), suppressed: count('suppressed') }
}

async function timed(one: OneRun, action: () => Promise<void>): Promise<void> {
  const startedMs = performance.now()
  await action()
  one.tookMs += performance.now() - startedMs
}
