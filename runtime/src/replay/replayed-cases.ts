import { describeAlertTitle } from '@ostiary/models'
import type { Alert, Severity } from '@ostiary/schemas'

/** Cases of one run that are held; later ones are left out, and counted. */
const replayedCasesMax = 200_000

/** A case as its last revision has it. */
export interface ReplayedCase {
  readonly finding_uid: string
  readonly identity_uid: string
  readonly firstMs: number
  readonly lastMs: number
  readonly score: number
  readonly severity: Severity
  readonly disposition: Alert['disposition']
  /** Why it has that disposition. */
  readonly reason: string
  readonly title: string
  readonly words: string
}

/** The cases of one run that began in the time that is reported. */
export class ReplayedCases {
  readonly #fromMs: number
  readonly #casesMax: number
  readonly #cases: Map<string, ReplayedCase> = new Map()
  /** Labelled events by id, with the case that has them as evidence. */
  readonly #caseOfEvent: Map<string, string> = new Map()
  readonly #isLabelled: (eventUid: string) => boolean
  #leftOut = 0

  constructor(fromMs: number, isLabelled: (eventUid: string) => boolean, casesMax: number = replayedCasesMax) {
    this.#fromMs = fromMs
    this.#isLabelled = isLabelled
    this.#casesMax = casesMax
  }

  get leftOut(): number {
    return this.#leftOut
  }

  add(alert: Alert): void {
    if (alert.first_event_time < this.#fromMs) return
    const { finding_uid } = alert
    if (!this.#cases.has(finding_uid) && this.#cases.size >= this.#casesMax) {
      if (alert.revision === 1) this.#leftOut += 1
      return
    }
    this.#cases.set(finding_uid, {
      finding_uid,
      identity_uid: alert.identity_uid,
      firstMs: alert.first_event_time,
      lastMs: alert.last_event_time,
      score: alert.score,
      severity: alert.severity,
      disposition: alert.disposition,
      reason: alert.disposition_reason,
      title: describeAlertTitle(alert),
      words: alert.reasons[0]?.words ?? '',
    })
    for (const { event_uid } of alert.evidence)
      if (this.#isLabelled(event_uid)) this.#caseOfEvent.set(event_uid, finding_uid)
  }

  all(): readonly ReplayedCase[] {
    return [...this.#cases.values()]
  }

  /** Cases of a disposition that have a labelled event among their evidence. */
  labelled(disposition: Alert['disposition']): readonly ReplayedCase[] {
    const uids = [...new Set(this.#caseOfEvent.values())]
    return uids.flatMap((uid) => this.#cases.get(uid) ?? []).filter((one) => one.disposition === disposition)
  }

  /** The case that has a labelled event among its evidence. */
  ofEvent(eventUid: string): ReplayedCase | undefined {
    return this.#cases.get(this.#caseOfEvent.get(eventUid) ?? '')
  }
}
