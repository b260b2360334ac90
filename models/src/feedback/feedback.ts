import { canonicalJson, type Finding, rfc3339, type Severity, textSha256 } from '@ostiary/schemas'
import { severities } from '../score/impact.ts'

/** What an analyst says of a case. */
export const verdicts = ['true_positive', 'benign', 'expected'] as const
export type Verdict = (typeof verdicts)[number]

/** What an identity did from the first to the last event of a case, and what that was. */
export interface LabelledCase {
  readonly identity_uid: string
  readonly first_ms: number
  readonly last_ms: number
  readonly verdict: Verdict
}

/** A rule that keeps matching cases quiet until it ends. What it leaves empty matches all. */
export interface Suppression {
  /** Number of the journal's entry that made it. */
  readonly epoch: number
  readonly identity_uid: string
  readonly team: string
  /** Detection that must be among the case's reasons. */
  readonly detection: string
  /** What an `expected` label allows: no case that is graver, and no other policy; `''` where any may be. */
  readonly severity_max: Severity | ''
  readonly policies: readonly string[]
  readonly owner: string
  readonly reason: string
  /** Event time from which on it matches nothing. */
  readonly until_ms: number
}

/** Labels and suppressions in force together at a time. */
export interface FeedbackBody {
  readonly cases: readonly LabelledCase[]
  readonly suppressions: readonly Suppression[]
}

const version = 1
const dayMs = 86_400_000
const none: readonly LabelledCase[] = []

/**
 * What analysts have said, as far as it is in force. Immutable, and named by its hash; whatever order it was said in, the same
 * is one body. Nothing of it is taken over into a state: what it changes is decided when a lesson's time has come and
 * when a finding is disposed of, so taking it back changes what follows.
 */
export class Feedback {
  /** SHA-256 of the canonical text; `''` where nothing is in force. */
  readonly id: string
  readonly suppressions: readonly Suppression[]
  readonly #cases: readonly LabelledCase[]
  readonly #byIdentity: Map<string, LabelledCase[]> = new Map()

  constructor({ cases, suppressions }: FeedbackBody) {
    this.suppressions = [...suppressions].sort((a, b) => a.epoch - b.epoch)
    this.#cases = distinct(cases)
    for (const one of this.#cases) {
      const held = this.#byIdentity.get(one.identity_uid)
      if (held === undefined) this.#byIdentity.set(one.identity_uid, [one])
      else held.push(one)
    }
    this.id = this.#cases.length + this.suppressions.length === 0 ? '' : textSha256(this.canonicalText())
  }

  static readonly none: Feedback = new Feedback({ cases: [], suppressions: [] })

  canonicalText(): string {
    return canonicalJson({ version, cases: this.#cases, suppressions: this.suppressions })
  }

  /**
   * The feedback of a canonical text.
   *
   * @throws TypeError or SyntaxError where it is no feedback of this version
   */
  static parse(text: string): Feedback {
    const given = JSON.parse(text) as Readonly<Record<string, unknown>> | null
    if (given?.['version'] !== version)
      throw new TypeError(`Cannot read feedback of version ${String(given?.['version'])}: this is version ${version}`)
    const { cases, suppressions } = given as Partial<FeedbackBody>
    if (isListOf<LabelledCase>(cases, caseKinds) && isListOf<Suppression>(suppressions, suppressionKinds))
      return new Feedback({ cases, suppressions })
    throw new TypeError('Cannot read feedback: a label or a suppression in it is damaged')
  }

  /** What was said of what an identity did at a time. Where cases overlap, the more careful verdict counts. */
  verdictAt(identityUid: string, timeMs: number): Verdict | undefined {
    let found: Verdict | undefined
    for (const { first_ms, last_ms, verdict } of this.#byIdentity.get(identityUid) ?? none)
      if (first_ms <= timeMs && timeMs <= last_ms) found = moreCareful(verdict, found)
    return found
  }

  /** Whether an identity had a confirmed case on a day (UTC, since the epoch). */
  isConfirmedDay(identityUid: string, day: number): boolean {
    const cases = this.#byIdentity.get(identityUid) ?? none
    return cases.some(
      ({ verdict, first_ms, last_ms }) =>
        verdict === 'true_positive' && first_ms < (day + 1) * dayMs && last_ms >= day * dayMs,
    )
  }
}

const caseKinds = { identity_uid: 'string', first_ms: 'number', last_ms: 'number', verdict: 'string' } as const
const suppressionKinds = {
  epoch: 'number',
  identity_uid: 'string',
  team: 'string',
  detection: 'string',
  severity_max: 'string',
  policies: 'object',
  owner: 'string',
  reason: 'string',
  until_ms: 'number',
} as const

function isListOf<Item>(value: unknown, kinds: Readonly<Record<keyof Item, string>>): value is readonly Item[] {
  const fits = (one: Readonly<Record<string, unknown>> | null): boolean =>
    Object.entries(kinds).every(([key, kind]) => typeof one?.[key] === kind && one?.[key] !== null)
  return Array.isArray(value) && value.every(fits)
}

function distinct(cases: readonly LabelledCase[]): LabelledCase[] {
  const byText = new Map(cases.map((one) => [canonicalJson(one), one]))
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one)
}

/** In the order of `verdicts` but for `expected`, which teaches nothing and so comes before `benign`. */
const carefulness: Readonly<Record<Verdict, number>> = { true_positive: 2, expected: 1, benign: 0 }

function moreCareful(a: Verdict, b: Verdict | undefined): Verdict {
  return b === undefined || carefulness[a] > carefulness[b] ? a : b
}

/** What a suppression looks at. */
export type Suppressible = Pick<Finding, 'identity_uid' | 'team' | 'time' | 'severity' | 'policies'> & {
  readonly reasons: readonly { readonly detection: string }[]
}

/** Whether a rule keeps a case quiet. */
export function suppresses(rule: Suppression, given: Suppressible): boolean {
  const { identity_uid, team, time, reasons, severity, policies } = given
  return (
    time < rule.until_ms &&
    (rule.identity_uid === '' || rule.identity_uid === identity_uid) &&
    (rule.team === '' || rule.team === team) &&
    (rule.detection === '' || reasons.some(({ detection }) => detection === rule.detection)) &&
    (rule.severity_max === '' ||
      (severities.indexOf(severity) <= severities.indexOf(rule.severity_max) &&
        policies.every((policy) => rule.policies.includes(policy))))
  )
}

/** Why a rule's cases are quiet, in words. */
export function suppressionWords({ epoch, severity_max, owner, reason, until_ms }: Suppression): string {
  const until = `until ${rfc3339(until_ms).slice(0, 16)}Z`
  return severity_max !== ''
    ? `expected ${until}, says ${owner} (#${epoch}): ${reason}`
    : `suppressed by ${owner} ${until} (#${epoch}): ${reason}`
}
