import { Feedback, type Suppressible, type Suppression, suppresses } from '@ostiary/models'
import { OstiaryError, parseTime } from '@ostiary/schemas'
import { z } from 'zod'
import type { Label } from '../replay/labels.ts'
import {
  type FeedbackEntry,
  type FeedbackWish,
  feedbackEntrySchema,
  type LabelEntry,
  type SuppressEntry,
} from './feedback-entry.ts'

/** Entries that a journal may hold, and labels and suppressions that may be in force at a time. */
export const feedbackEntriesMax = 100_000
export const feedbackInForceMax = 10_000
/** The furthest end that a suppression, or what is expected, may have. */
const untilDaysMax = 366
const dayMs = 86_400_000

/** What is in force, oldest first: of the labels of one case the last. */
export interface SaidInForce {
  readonly labels: readonly LabelEntry[]
  readonly suppressions: readonly SuppressEntry[]
}

/** Folds a journal. What was revoked counts as never said, so that an earlier label of the case is in force again. */
export function inForce(entries: readonly FeedbackEntry[]): SaidInForce {
  const revoked = new Set(entries.flatMap((entry) => (entry.action === 'revoke' ? [entry.of] : [])))
  const labels = new Map<string, LabelEntry>()
  const suppressions: SuppressEntry[] = []
  for (const entry of [...entries].sort((a, b) => a.epoch - b.epoch)) {
    if (revoked.has(entry.epoch)) continue
    if (entry.action === 'label') {
      labels.delete(entry.finding_uid)
      labels.set(entry.finding_uid, entry)
    } else if (entry.action === 'suppress') suppressions.push(entry)
  }
  return { labels: [...labels.values()], suppressions }
}

/**
 * What a journal puts in force.
 *
 * @param sinceMs leaves out what was said and has ended before
 */
export function feedbackOf(entries: readonly FeedbackEntry[], sinceMs: number = Number.NEGATIVE_INFINITY): Feedback {
  const { labels, suppressions } = inForce(entries)
  const lasting = <Entry extends LabelEntry | SuppressEntry>(said: readonly Entry[]): Entry[] =>
    said.filter((entry) => Math.max(parseTime(entry.time)!, parseTime(entry.until) ?? 0) >= sinceMs)
  return new Feedback({
    cases: lasting(labels).map(({ identity_uid, first, last, verdict }) => {
      return { identity_uid, first_ms: parseTime(first)!, last_ms: parseTime(last)!, verdict }
    }),
    suppressions: [...lasting(suppressions), ...lasting(labels)].flatMap(ruleOf),
  })
}

/** The rule that an entry puts in force, if any. What is expected may recur, no graver and with no other policy. */
function ruleOf(entry: LabelEntry | SuppressEntry): Suppression[] {
  const { epoch, identity_uid, reason, until } = entry
  const rule = { epoch, identity_uid, reason, until_ms: parseTime(until) ?? 0 }
  if (entry.action === 'suppress') {
    const { team, detection, owner } = entry
    return [{ ...rule, team, detection, owner, severity_max: '', policies: [] }]
  }
  if (entry.verdict !== 'expected') return []
  const { severity: severity_max, policies, by: owner } = entry
  return [{ ...rule, team: '', detection: '', owner, severity_max, policies }]
}

/** The events of cases that were confirmed, as what a replay has to find. */
export function confirmedEvents(entries: readonly FeedbackEntry[]): Map<string, Label> {
  return new Map(
    confirmed(entries).flatMap(({ finding_uid, event_ids }) =>
      event_ids.map((event) => [event, { label: finding_uid, kind: '' }] as const),
    ),
  )
}

function confirmed(entries: readonly FeedbackEntry[]): LabelEntry[] {
  return inForce(entries).labels.filter(({ verdict }) => verdict === 'true_positive')
}

/** A suppression, and a case labelled true positive that it matches. */
export interface Hidden {
  readonly suppression: Suppression
  readonly label: LabelEntry
}

/** Each suppression in force that would have hidden a case labelled true positive, with the first such case. */
export function hiddenConfirmed(entries: readonly FeedbackEntry[]): Hidden[] {
  const labels = confirmed(entries)
  return feedbackOf(entries).suppressions.flatMap((suppression) => {
    const label = labels.find((one) => suppresses(suppression, caseOf(one)))
    return label === undefined ? [] : [{ suppression, label }]
  })
}

function caseOf({ identity_uid, team, last, severity, policies, detections }: LabelEntry): Suppressible {
  const reasons = detections.map((detection) => ({ detection }))
  return { identity_uid, team, time: parseTime(last)!, severity, policies, reasons }
}

/**
 * The entry that a wish comes to.
 *
 * @param force says it although it would hide a case labelled true positive
 * @throws OstiaryError `usage.invalid` for one that changes nothing, has no end, is too wide, or would hide what was confirmed
 */
export function nextFeedback(
  entries: readonly FeedbackEntry[],
  wish: FeedbackWish,
  force: boolean,
  nowMs: number,
): FeedbackEntry {
  const epoch = entries.reduce((last, entry) => Math.max(last, entry.epoch), 0) + 1
  const entry = { version: 1, epoch, time: new Date(nowMs).toISOString(), ...wish } as FeedbackEntry
  const parsed = feedbackEntrySchema.safeParse(entry)
  if (!parsed.success) throw refused(z.prettifyError(parsed.error).replaceAll('\n', ' '))
  checkRoom(entries)
  if (entry.action === 'revoke') checkRevoked(entries, entry.of)
  else {
    checkEnd(entry, nowMs)
    if (entry.action === 'suppress' && entry.identity_uid + entry.team + entry.detection === '')
      throw refused('it would keep everything quiet. Give --identity, --team or --detection')
    if (entry.action === 'label') checkChange(entries, entry)
    const hidden = hiddenConfirmed([...entries, entry]).find(({ suppression }) => suppression.epoch === epoch)
    if (hidden !== undefined && !force)
      throw refused(
        `it would have hidden case ${hidden.label.finding_uid}, which #${hidden.label.epoch} calls a true positive. Make it narrower, or say so with --force`,
      )
  }
  return entry
}

function checkRoom(entries: readonly FeedbackEntry[]): void {
  const { labels, suppressions } = inForce(entries)
  if (entries.length >= feedbackEntriesMax) throw refused(`the journal has ${entries.length} entries: begin a new one`)
  if (labels.length + suppressions.length >= feedbackInForceMax)
    throw refused(`more than ${feedbackInForceMax} labels and suppressions are in force: revoke what is over`)
}

function checkRevoked(entries: readonly FeedbackEntry[], epoch: number): void {
  const { labels, suppressions } = inForce(entries)
  if (![...labels, ...suppressions].some((entry) => entry.epoch === epoch))
    throw refused(`#${epoch} is not in force: see the list`)
}

function checkEnd(entry: LabelEntry | SuppressEntry, nowMs: number): void {
  if (entry.action === 'label' && entry.verdict !== 'expected') {
    if (entry.until !== '') throw refused(`--until is for what is expected, not for ${entry.verdict}`)
    return
  }
  const untilMs = parseTime(entry.until)
  if (untilMs === undefined) throw refused('it has no end. Give one with --until')
  if (untilMs <= nowMs || untilMs > nowMs + untilDaysMax * dayMs)
    throw refused(`it must end within ${untilDaysMax} days from now, not on ${entry.until}`)
}

function checkChange(entries: readonly FeedbackEntry[], { finding_uid, verdict, until }: LabelEntry): void {
  const held = inForce(entries).labels.find((label) => label.finding_uid === finding_uid)
  if (held?.verdict === verdict && held.until === until)
    throw refused(`case ${finding_uid} is labelled ${verdict} already, by #${held.epoch}`)
}

function refused(why: string): OstiaryError {
  return new OstiaryError('usage.invalid', `Cannot put this in force: ${why}`)
}
