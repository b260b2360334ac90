import type { Alert } from '@ostiary/schemas'
import { type AlertmanagerAlert, type AlertmanagerLabels, annotationsOf, labelsOf } from './alertmanager-alert.ts'

/** Findings whose labels are remembered; over that the one that was longest silent is forgotten, and its alert times out. */
const findingsMax = 65_536
/** A case closes after a day at the latest, and its close may come a while later; after that nobody would end the alert. */
const openMs = 25 * 3_600_000

/** Under which labels findings are, or may be, open in Alertmanager: it knows an alert by its labels only. */
export class OpenAlerts {
  /** By finding, then by the labels' text. */
  readonly #labels: Map<string, Map<string, AlertmanagerLabels>> = new Map()
  readonly #generatorUrlOf: ((alert: Alert) => string) | undefined

  constructor(generatorUrlOf: ((alert: Alert) => string) | undefined) {
    this.#generatorUrlOf = generatorUrlOf
  }

  /** What to send for a revision: its alert, and the end of whatever the finding was open as under other labels. */
  alertsOf(alert: Alert, nowMs: number): readonly AlertmanagerAlert[] {
    const { finding_uid: uid, activity, first_event_time: startMs } = alert
    const labels = labelsOf(alert)
    // An end in the future would be no end.
    const endMs = Math.max(startMs, Math.min(alert.time, nowMs))
    const made: AlertmanagerAlert = {
      labels,
      annotations: annotationsOf(alert),
      startsAt: new Date(startMs).toISOString(),
      endsAt: new Date(activity === 'close' ? endMs : nowMs + openMs).toISOString(),
      ...(this.#generatorUrlOf === undefined ? {} : { generatorURL: this.#generatorUrlOf(alert) }),
    }
    const open = this.#openOf(uid)
    const text = JSON.stringify(labels)
    const former = [...open].filter(([other]) => other !== text).map(([, others]) => others)
    // Noted before it is sent: what came of a request without an answer is not known.
    open.set(text, labels)
    return [...former.map((others) => ({ ...made, labels: others, endsAt: new Date(endMs).toISOString() })), made]
  }

  /** Notes that what was sent for a revision has arrived: nothing else of the finding is open then. */
  arrived(alert: Alert): void {
    this.#labels.delete(alert.finding_uid)
    if (alert.activity === 'close') return
    const labels = labelsOf(alert)
    this.#openOf(alert.finding_uid).set(JSON.stringify(labels), labels)
  }

  #openOf(uid: string): Map<string, AlertmanagerLabels> {
    let open = this.#labels.get(uid)
    if (open !== undefined) return open
    open = new Map()
    this.#labels.set(uid, open)
    if (this.#labels.size > findingsMax)
      for (const oldest of this.#labels.keys()) {
        this.#labels.delete(oldest)
        break
      }
    return open
  }
}
