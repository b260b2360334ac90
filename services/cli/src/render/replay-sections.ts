import type { CaseChange, Replay, ReplayedRun, Shift } from '@ostiary/runtime'
import { minuteText } from './alert-table.ts'
import { printable } from './printable.ts'

/** A part of a report: a sentence or two, and a table. */
export interface ReplaySection {
  readonly title: string
  readonly text: readonly string[]
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** Rows of the longest tables; the lines of JSON have all of them. */
const rowsMax = 50

/** What a replay came to, in the order in which one reads it. */
export function replaySections(done: Replay): readonly ReplaySection[] {
  return [
    runsSection(done),
    ...(done.comparison === undefined ? [] : [changesSection(done)]),
    ...(done.attacks.length === 0 ? [] : [attacksSection(done)]),
    daysSection(done),
    ...(done.shifts.length === 0 ? [] : [shiftsSection(done.shifts)]),
  ]
}

/** One line on what was replayed. */
export function replayTitle({ from, until, events, warmUp, runs }: Replay): string {
  const models = runs.map(({ name, model }) => `${name} ${model.slice(0, 12)}`).join(', ')
  const warm = warmUp === 0 ? '' : `, after ${warmUp} that warmed the state up`
  return `${events} events from ${from.slice(0, 16)} to ${until.slice(0, 16)} UTC${warm}; model ${models}`
}

function runsSection({ runs }: Replay): ReplaySection {
  const row = (name: string, of: (run: ReplayedRun) => string | number): string[] => [
    name,
    ...runs.map((run) => String(of(run))),
  ]
  const [a, b] = runs
  const learnt =
    b === undefined
      ? []
      : [
          a!.learnt === b.learnt
            ? 'Both models learnt the same from these events, to the bit: what differs is scoring alone.'
            : 'The models did not learn the same, which they should: report this as a defect.',
        ]
  return {
    title: 'What came out',
    text: learnt,
    head: ['', ...runs.map(({ name, model }) => `${name} (${model.slice(0, 12)})`)],
    rows: [
      row('pages', (run) => run.pages),
      row('digest', (run) => run.digest),
      row('suppressed', (run) => run.suppressed),
      row('pages a day', (run) => (run.pages / Math.max(run.days.length, 1)).toFixed(1)),
      row('paged from, bits', (run) => run.pageBits.toFixed(1)),
      ...(a!.labelledPages === undefined ? [] : [row('pages with a labelled event', (run) => run.labelledPages ?? 0)]),
      ...(runs.some(({ leftOut }) => leftOut > 0) ? [row('cases left out', (run) => run.leftOut)] : []),
      row('events a second', (run) => run.eventsPerSecond),
      row('µs an event', (run) => run.microsPerEvent.toFixed(1)),
    ],
  }
}

function changesSection({ comparison }: Replay): ReplaySection {
  const { same, changed, changes } = comparison!
  const counts = `${comparison!.new} new, ${comparison!.gone} gone, ${changed} changed, ${same} the same`
  return {
    title: 'Cases of B against A',
    text: [changes.length <= rowsMax ? counts : `${counts}; the ${rowsMax} of the highest scores`],
    head: ['', 'when (UTC)', 'what', 'A', 'B'],
    rows: changes.slice(0, rowsMax).map(changeRow),
  }
}

function changeRow({ change, differs, a, b }: CaseChange): string[] {
  const { firstMs, title } = (b ?? a)!
  const side = (one: CaseChange['a']): string =>
    one === undefined ? '' : `${one.disposition}, ${one.severity}, ${one.score.toFixed(1)} bits`
  const how = change === 'changed' ? `changed: ${differs.join(', ')}` : change
  return [how, minuteText(firstMs), printable(title), side(a), side(b)]
}

function attacksSection({ attacks, runs }: Replay): ReplaySection {
  const share = (index: number, min: 'page' | 'any'): string => {
    const found = attacks.filter(({ found: by }) => {
      const { disposition } = by[index]!
      return disposition === 'page' || (min === 'any' && disposition !== 'none')
    })
    return `${found.length} of ${attacks.length}`
  }
  const text = runs.map(
    ({ name }, index) => `${name} pages ${share(index, 'page')} attacks and has ${share(index, 'any')} in a case.`,
  )
  return {
    title: 'Labelled attacks',
    text: attacks.length <= rowsMax ? text : [...text, `The first ${rowsMax} by label:`],
    head: ['label', 'kind', 'events', ...runs.map(({ name }) => name)],
    rows: attacks
      .slice(0, rowsMax)
      .map(({ label, kind, events, found }) => [
        printable(label),
        printable(kind),
        String(events),
        ...found.map(({ disposition, score }) => `${disposition}, ${score.toFixed(1)} bits`),
      ]),
  }
}

function daysSection({ runs }: Replay): ReplaySection {
  const days = runs[0]!.days.map(({ day }) => day)
  return {
    title: 'Days',
    text: ['Cases by the day they began on.'],
    head: ['day (UTC)', ...runs.flatMap(({ name }) => [`${name} pages`, `${name} digest`])],
    rows: days.map((day, index) => [
      day,
      ...runs.flatMap((run) => [String(run.days[index]!.pages), String(run.days[index]!.digest)]),
    ]),
  }
}

function shiftsSection(shifts: readonly Shift[]): ReplaySection {
  // Without the sign of a zero.
  const bits = (value: number): string => (Math.round(value * 100) / 100 || 0).toFixed(2)
  return {
    title: 'How far B scores from A',
    text: [
      'In bits, B less A, event by event. Signals read the same under both, so an event has one that leads in both.',
    ],
    head: ['', 'events', 'least', '1 %', '10 %', 'median', '90 %', '99 %', 'most'],
    rows: shifts.map(({ of, events, min, p01, p10, p50, p90, p99, max }) => [
      of,
      String(events),
      ...[min, p01, p10, p50, p90, p99, max].map(bits),
    ]),
  }
}
