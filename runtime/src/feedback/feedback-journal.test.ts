import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { verdicts } from '@ostiary/models'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import type { FeedbackEntry, FeedbackWish, LabelEntry } from './feedback-entry.ts'
import { confirmedEvents, feedbackOf, hiddenConfirmed, inForce, nextFeedback } from './feedback-journal.ts'
import { configuredFeedback, FileFeedbackStore } from './feedback-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'ostiary-feedback-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const nowMs = Date.parse('2026-03-01T00:00:00Z')
const said = { by: 'ada', reason: 'a test' } as const
type LabelWish = Omit<LabelEntry, 'version' | 'epoch' | 'time'>

function label(verdict: LabelEntry['verdict'], given: Partial<LabelWish> = {}): LabelWish {
  return {
    ...said,
    action: 'label',
    verdict,
    until: verdict === 'expected' ? '2026-04-01T00:00:00Z' : '',
    finding_uid: 'f-1',
    identity_uid: 'id-1',
    team: '',
    first: '2026-02-20T10:00:00Z',
    last: '2026-02-20T11:00:00Z',
    severity: 'High',
    policies: [],
    detections: ['new_country'],
    event_ids: ['e-1', 'e-2'],
    ...given,
  }
}

const suppress = {
  ...said,
  action: 'suppress',
  owner: 'ada',
  identity_uid: 'id-1',
  team: '',
  detection: '',
  until: '2026-04-01T00:00:00Z',
} as const

/** The journal after some wishes. */
function journal(...wishes: FeedbackWish[]): FeedbackEntry[] {
  const entries: FeedbackEntry[] = []
  for (const wish of wishes) entries.push(nextFeedback(entries, wish, false, nowMs))
  return entries
}

test('labels of different cases are one body in any order; of one case the last counts', () => {
  const labels = fc.uniqueArray(
    fc.record({ uid: fc.integer({ min: 0, max: 9 }), verdict: fc.constantFrom(...verdicts) }),
    { selector: ({ uid }) => uid, minLength: 2, maxLength: 6 },
  )
  fc.assert(
    fc.property(labels, (parts) => {
      const wishes = parts.map(({ uid, verdict }) =>
        label(verdict === 'expected' ? 'benign' : verdict, { finding_uid: `f-${uid}`, identity_uid: `id-${uid}` }),
      )
      expect(feedbackOf(journal(...wishes.toReversed())).id).toBe(feedbackOf(journal(...wishes)).id)
      const other = label('true_positive', { finding_uid: 'f-0', identity_uid: 'id-0' })
      const changed = inForce(
        journal(label('benign', other.finding_uid === 'f-0' ? { finding_uid: 'f-0' } : {}), other),
      )
      expect(changed.labels.map(({ verdict }) => verdict)).toEqual(['true_positive'])
    }),
  )
})

test('the same label twice is refused, and would change nothing', () => {
  const entries = journal(label('benign'))
  expect(() => nextFeedback(entries, label('benign'), false, nowMs)).toThrow(/labelled benign already, by #1/)
  const again = { ...entries[0]!, epoch: 2 } as FeedbackEntry
  expect(feedbackOf([...entries, again]).id).toBe(feedbackOf(entries).id)
})

test('what is revoked was never said: an earlier label is in force again', () => {
  const entries = journal(label('benign'), label('true_positive'), { ...said, action: 'revoke', of: 2 })
  expect(feedbackOf(entries).id).toBe(feedbackOf(journal(label('benign'))).id)
  const none = [...entries, nextFeedback(entries, { ...said, action: 'revoke', of: 1 }, false, nowMs)]
  expect(feedbackOf(none).id).toBe('')
  expect(() => nextFeedback(none, { ...said, action: 'revoke', of: 1 }, false, nowMs)).toThrow(/#1 is not in force/)
})

test('a suppression needs an end within a year, a scope, an owner and a reason', () => {
  for (const [given, words] of [
    [{ until: '2026-02-01T00:00:00Z' }, /must end within 366 days/],
    [{ until: '2028-02-01T00:00:00Z' }, /must end within 366 days/],
    [{ until: '' }, /until/],
    [{ identity_uid: '' }, /keep everything quiet/],
    [{ owner: '' }, /owner/],
    [{ reason: ' ' }, /reason/],
  ] as const)
    expect(() => journal({ ...suppress, ...given }), JSON.stringify(given)).toThrow(words)
  expect(() => journal(label('benign', { until: '2026-04-01T00:00:00Z' }))).toThrow(/for what is expected/)
  expect(() => journal(label('expected', { until: '' }))).toThrow(/no end/)
})

test('one that would have hidden a confirmed case is refused unless forced, and told either way round', () => {
  const confirmed = journal(label('true_positive'))
  expect(() => nextFeedback(confirmed, suppress, false, nowMs)).toThrow(/hidden case f-1, which #1 calls/)
  const expected = label('expected', { finding_uid: 'f-2' })
  expect(() => nextFeedback(confirmed, expected, false, nowMs)).toThrow(/hidden case f-1/)
  expect(nextFeedback(confirmed, { ...suppress, detection: 'travel' }, false, nowMs).epoch).toBe(2)
  const forced = [...confirmed, nextFeedback(confirmed, suppress, true, nowMs)]
  const other = journal(suppress, label('true_positive'))
  for (const entries of [forced, other])
    expect(hiddenConfirmed(entries).map(({ label: { finding_uid } }) => finding_uid)).toEqual(['f-1'])
  expect([...confirmedEvents(forced).keys()]).toEqual(['e-1', 'e-2'])
})

test('what was said and has ended long ago is left out where asked for', () => {
  const entries = journal(label('benign'), label('expected', { finding_uid: 'f-2' }), suppress)
  const later = (text: string): number => {
    const { suppressions } = feedbackOf(entries, Date.parse(text))
    return suppressions.length
  }
  expect([later('2026-03-31T00:00:00Z'), later('2026-04-02T00:00:00Z')]).toEqual([2, 0])
  expect(feedbackOf(entries, Date.parse('2026-03-02T00:00:00Z')).verdictAt('id-1', nowMs)).toBeUndefined()
})

test('a journal in a file is read as it was written, is its owner`s alone, and refused when damaged', async () => {
  const file = join(folder, 'deep', 'feedback.ndjson')
  const store = new FileFeedbackStore(file)
  expect(await store.entries()).toEqual([])
  await expect(configuredFeedback({ feedback: file })).rejects.toMatchObject({ code: 'feedback.invalid' })
  const first = await store.record(label('benign'), false)
  const second = await store.record(label('benign', { finding_uid: 'f-2' }), false)
  expect(await configuredFeedback({ feedback: file })).toEqual([first, second])
  expect(statSync(file).mode & 0o777).toBe(0o600)
  writeFileSync(file, readFileSync(file, 'utf8').replace('"verdict":"benign"', '"verdict":"fine"'))
  await expect(store.entries()).rejects.toMatchObject({ code: 'feedback.invalid' })
  expect(await configuredFeedback({ feedback: '' })).toEqual([])
})
