import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { machineFacts } from './machine-facts.ts'
import type { MemoryRun } from './memory-run.ts'
import { record, tell, textTable } from './report.ts'
import type { RestartRun } from './restart-run.ts'

/** RSS at the end to RSS at a fifth of a run. */
const growthGoal = 1.15
/** Time of an event among many identities to that among few. */
const crowdGoal = 2
const stateBytesGoal = 4096
/** With a million identities. */
const rssGoalBytes = 4 * 1024 ** 3
const restartGoalSeconds = 60
/** Events an identity has at least, however few events were asked for: one that is new is not yet what it comes to. */
const eventsEachMin = 3

const mebibytes = (bytes: number): string => `${Math.round(bytes / 1_048_576)} MiB`

/** What so many identities take, and what an event among them costs; then a start from the state that they left. */
export function benchMemory(eventsAsked: number, identityCounts: readonly number[], folder: string): void {
  const state = join(folder, 'state')
  const runs = identityCounts.map((identities) => {
    const events = Math.max(eventsAsked, identities * eventsEachMin)
    const run = childRun<MemoryRun>('memory-run.js', { events, identities, state })
    record({ bench: 'memory', ...run, growth: run.rssAtEnd / run.rssAtFifth, growthGoal, machine: machineFacts() })
    const restart = childRun<RestartRun>('restart-run.js', { identities, state })
    record({ bench: 'restart', ...restart, restartGoalSeconds, machine: machineFacts() })
    return { run, restart }
  })
  tell('\nmemory: events of 30 days, one process for each line; RSS after garbage collection\n')
  tell(tableOf(runs.map(({ run }) => run)))
  tell(`goals: ratio ≤ ${growthGoal}, state ≤ ${stateBytesGoal} B, RSS of a million ≤ ${mebibytes(rssGoalBytes)}\n`)
  tell('\nrestart: a process that goes on from the state file, until it can take an event\n')
  tell(
    textTable([
      ['identities', 'state file', 'seconds', 'RSS', 'most at any time'],
      ...runs.map(({ run, restart }) => [
        `${restart.identities}`,
        mebibytes(run.stateFileBytes),
        restart.seconds.toFixed(1),
        mebibytes(restart.rss),
        mebibytes(restart.rssMost),
      ]),
    ]),
  )
  tell(`goal: under ${restartGoalSeconds} s with a million\n`)
  compare(runs[0]!.run, runs.at(-1)!.run)
}

function childRun<Run>(program: string, options: Readonly<Record<string, string | number>>): Run {
  const script = fileURLToPath(new URL(`./${program}`, import.meta.url))
  const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, `${value}`])
  return JSON.parse(execFileSync(process.execPath, ['--expose-gc', script, ...flags], { encoding: 'utf8' })) as Run
}

function tableOf(runs: readonly MemoryRun[]): string {
  return textTable([
    [
      'events',
      'identities',
      'RSS at 20 %',
      'at the end',
      'ratio',
      'most at any time',
      'heap at 20 %',
      'at the end',
      'µs per event',
      'of CPU',
      'state p50',
      'max',
    ],
    ...runs.map((run) => [
      `${run.events}`,
      `${run.identities}`,
      mebibytes(run.rssAtFifth),
      mebibytes(run.rssAtEnd),
      (run.rssAtEnd / run.rssAtFifth).toFixed(2),
      mebibytes(run.rssMost),
      mebibytes(run.heapAtFifth),
      mebibytes(run.heapAtEnd),
      run.usPerEvent.toFixed(2),
      run.cpuUsPerEvent.toFixed(2),
      `${run.stateBytesP50} B`,
      `${run.stateBytesMax} B`,
    ]),
  ])
}

function compare(few: MemoryRun, many: MemoryRun): void {
  if (few.identities === many.identities) return
  const bytesPerIdentity = (many.rssAtEnd - few.rssAtEnd) / (many.identities - few.identities)
  const heapBytesPerIdentity = (many.heapAtEnd - few.heapAtEnd) / (many.identities - few.identities)
  // Of the processor's time, since the runs come one after the other and noise need not hit both.
  const crowd = many.cpuUsPerEvent / few.cpuUsPerEvent
  tell(
    `\n${Math.round(bytesPerIdentity)} bytes of RSS per identity (heap and buffers: ${Math.round(heapBytesPerIdentity)}); `,
  )
  tell(
    `an event among ${many.identities} costs ${crowd.toFixed(2)} times the CPU of one among ${few.identities}, goal ≤ ${crowdGoal}\n`,
  )
  record({ bench: 'memory-per-identity', bytesPerIdentity, heapBytesPerIdentity, crowd, crowdGoal })
}
