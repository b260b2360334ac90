import type { Label } from './labels.ts'
import type { ReplayedCase, ReplayedCases } from './replayed-cases.ts'

/** What one model made of a labelled attack. */
export interface Found {
  /** The best that any case with an event of it came to; `none` where no case has one. */
  readonly disposition: ReplayedCase['disposition'] | 'none'
  /** Of its best event, in bits. */
  readonly score: number
}

/** A labelled attack with events in the time that is reported. */
export interface LabelledAttack {
  readonly label: string
  readonly kind: string
  readonly events: number
  /** By model. */
  readonly found: readonly Found[]
}

interface Attack {
  readonly label: string
  readonly kind: string
  readonly events: string[]
  readonly scores: number[]
}

const ranks = ['none', 'suppressed', 'digest', 'page'] as const

/** Keeps the scores of labelled events, to say at the end which attacks were found. */
export class Recall {
  readonly #labels: ReadonlyMap<string, Label>
  readonly #attacks: Map<string, Attack> = new Map()
  readonly #models: number

  constructor(labels: ReadonlyMap<string, Label>, models: number) {
    this.#labels = labels
    this.#models = models
  }

  isLabelled(eventUid: string): boolean {
    return this.#labels.has(eventUid)
  }

  add(model: number, eventUid: string, score: number): void {
    const label = this.#labels.get(eventUid)
    if (label === undefined) return
    let attack = this.#attacks.get(label.label)
    if (attack === undefined) {
      attack = { ...label, events: [], scores: new Array<number>(this.#models).fill(Number.NEGATIVE_INFINITY) }
      this.#attacks.set(label.label, attack)
    }
    if (model === 0) attack.events.push(eventUid)
    attack.scores[model] = Math.max(attack.scores[model]!, score)
  }

  /** Every attack that was seen, by label. */
  attacks(cases: readonly ReplayedCases[]): readonly LabelledAttack[] {
    return [...this.#attacks.values()]
      .sort((a, b) => (a.label < b.label ? -1 : 1))
      .map(({ label, kind, events, scores }) => ({
        label,
        kind,
        events: events.length,
        found: cases.map((held, model) => ({
          disposition: bestOf(events.map((event) => held.ofEvent(event))),
          score: scores[model]!,
        })),
      }))
  }
}

function bestOf(cases: readonly (ReplayedCase | undefined)[]): Found['disposition'] {
  const best = Math.max(...cases.map((one) => ranks.indexOf(one?.disposition ?? 'none')))
  return ranks[best]!
}
