import type { Replay, ReplayedCase, ReplayedRun } from '@ostiary/runtime'
import { expect, test } from 'vitest'
import { replayHtml } from './replay-html.ts'
import { replayMarkdown } from './replay-markdown.ts'
import { replayText } from './replay-text.ts'

const hostile = '<script>alert(1)</script> | "x" \u001b[2J'

const run: ReplayedRun = {
  name: 'A',
  model: 'a'.repeat(64),
  pageBits: 9,
  cases: 1,
  pages: 1,
  digest: 0,
  suppressed: 0,
  leftOut: 0,
  overThreshold: 1,
  labelledPages: 1,
  hidden: [],
  days: [{ day: '2026-01-08', pages: 1, digest: 0, suppressed: 0 }],
  tail: [10, 3, 1],
  seconds: 1,
  eventsPerSecond: 10,
  microsPerEvent: 100,
  learnt: 'x',
}

const found: ReplayedCase = {
  finding_uid: 'f',
  identity_uid: 'id-1',
  firstMs: 0,
  lastMs: 0,
  score: 9,
  severity: 'Low',
  disposition: 'page',
  reason: '',
  title: hostile,
  words: '',
}

const done: Replay = {
  from: '2026-01-08T00:00:00.000Z',
  until: '2026-01-08T10:00:00.000Z',
  records: 10,
  warmUp: 0,
  labelled: 1,
  events: 10,
  runs: [run, { ...run, name: 'B' }],
  comparison: {
    same: 0,
    new: 1,
    gone: 0,
    changed: 0,
    changes: [{ change: 'new', differs: [], a: undefined, b: found }],
  },
  shifts: [{ of: 'score', events: 10, min: 0, p01: 0, p10: 0, p50: 0, p90: 0, p99: 0, max: 0 }],
  attacks: [{ label: hostile, kind: '', events: 1, found: [run, run].map(() => ({ disposition: 'page', score: 9 })) }],
  interrupted: false,
}

test('what events say stays text, in every form of the report', () => {
  const html = replayHtml(done)
  expect(html).not.toContain('<script')
  expect(html).toContain('&lt;script&gt;')
  const markdown = replayMarkdown(done)
  expect(markdown).not.toContain('<script')
  for (const line of markdown.split('\n').filter((one) => one.startsWith('| new')))
    expect(line.replaceAll('\\|', '').split('|')).toHaveLength(7)
  for (const text of [html, markdown, replayText(done)]) expect(text).not.toContain('\u001b[2J')
})
