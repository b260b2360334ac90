import { severities, type Verdict, verdicts } from '@ostiary/models'
import { OstiaryError, parseTime, type Severity } from '@ostiary/schemas'
import { z } from 'zod'

const textLengthMax = 500
/** Detections and events that an entry may name; a case has fewer. */
const namesMax = 64

interface Said {
  readonly version: 1
  /** Counts the entries from 1: what people call it by, and what the marker carries. */
  readonly epoch: number
  /** RFC 3339, as all times here. */
  readonly time: string
  readonly by: string
  readonly reason: string
}

/** What a case was, as an analyst says. */
export interface LabelEntry extends Said {
  readonly action: 'label'
  readonly verdict: Verdict
  /** Of `expected`; `''` of the others. */
  readonly until: string
  readonly finding_uid: string
  readonly identity_uid: string
  readonly team: string
  /** Times of the case's first and last event. */
  readonly first: string
  readonly last: string
  readonly severity: Severity
  readonly policies: readonly string[]
  /** Detections among its reasons, and events among its evidence. */
  readonly detections: readonly string[]
  readonly event_ids: readonly string[]
}

/** A rule that keeps cases quiet until it ends. What it leaves empty matches all. */
export interface SuppressEntry extends Said {
  readonly action: 'suppress'
  readonly owner: string
  readonly identity_uid: string
  readonly team: string
  readonly detection: string
  readonly until: string
}

/** Takes an entry back. */
export interface RevokeEntry extends Said {
  readonly action: 'revoke'
  readonly of: number
}

/** What was said once: a line of the journal. */
export type FeedbackEntry = LabelEntry | SuppressEntry | RevokeEntry

type Wished<Entry> = Entry extends FeedbackEntry ? Omit<Entry, 'version' | 'epoch' | 'time'> : never
/** What somebody wants to say. */
export type FeedbackWish = Wished<FeedbackEntry>

const text = z.string().max(textLengthMax)
const time = z.string().refine((value) => parseTime(value) !== undefined, 'it is no time')
const names = z.array(text).max(namesMax)
const said = {
  version: z.literal(1),
  epoch: z.number().int().positive(),
  time,
  by: text.min(1),
  reason: text.refine((value) => value.trim() !== '', 'it is empty'),
}

/** Holds an entry to its form. */
export const feedbackEntrySchema: z.ZodType<FeedbackEntry> = z.discriminatedUnion('action', [
  z.strictObject({
    ...said,
    action: z.literal('label'),
    verdict: z.enum(verdicts),
    until: z.union([z.literal(''), time]),
    finding_uid: text,
    identity_uid: text,
    team: text,
    first: time,
    last: time,
    severity: z.enum(severities),
    policies: names,
    detections: names,
    event_ids: names,
  }),
  z.strictObject({
    ...said,
    action: z.literal('suppress'),
    owner: text.min(1),
    identity_uid: text,
    team: text,
    detection: text,
    until: time,
  }),
  z.strictObject({ ...said, action: z.literal('revoke'), of: z.number().int().positive() }),
])

/**
 * An entry from a line of a journal.
 *
 * @throws OstiaryError `feedback.invalid`
 */
export function feedbackEntryOf(line: string): FeedbackEntry {
  try {
    return feedbackEntrySchema.parse(JSON.parse(line))
  } catch (cause) {
    throw new OstiaryError(
      'feedback.invalid',
      `Cannot read the journal of labels and suppressions: ${JSON.stringify(line.slice(0, 80))} is no entry. Restore it from a backup`,
      { cause },
    )
  }
}
