import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { developerCommand, someOf, wholeNumber, wholeNumbers } from '../developer-command.ts'
import { benchSetting } from './bench-setting.ts'
import { benchCores } from './cores.ts'
import { machineFacts } from './machine-facts.ts'
import { benchMemory } from './memory.ts'
import { record, tell, textTable } from './report.ts'
import { composedTrace, repeatedHour, type SpeedCorpus, simulatedTrace } from './speed-corpus.ts'
import { lastResult, type SpeedRound, speedRound, stages } from './speed-rounds.ts'
import { type Spread, spreadOf, spreadText } from './spread-of.ts'

const parts = ['speed', 'cores', 'memory'] as const
/** Share of the whole way that parsing alone takes: the more, the less the product adds. */
const ratioGoal = 0.15

const stageTitles: Readonly<Record<(typeof stages)[number], string>> = {
  split: 'inflate and split',
  parse: 'parse',
  normalise: 'normalise',
  enrich: 'enrich',
  pipeline: 'pipeline without scores',
  scores: 'score lines, on top',
}

const { records, rounds, events, identities, only } = developerCommand(
  'bench',
  'Tells the speed and the memory of the way from files to alerts',
)
  .option('--records <n>', 'records of a trace', wholeNumber(1), 200_000)
  .option('--rounds <n>', 'how often it is measured', wholeNumber(1), 5)
  .option('--events <n>', 'events of a run for memory', wholeNumber(1), 1_000_000)
  .option('--identities <list>', 'identities of the runs for memory', wholeNumbers(1), [1000, 200_000])
  .option('--only <list>', `some of ${parts.join(',')}`, someOf(parts), parts)
  .parse()
  .opts<{ records: number; rounds: number; events: number; identities: readonly number[]; only: readonly string[] }>()
tell(`${JSON.stringify(machineFacts())}\n`)
if (only.includes('speed')) await benchSpeed()
if (only.includes('cores'))
  await inFolder(async (folder) =>
    benchCores((await composedTrace(folder, records)) ?? (await simulatedTrace(folder, records)), rounds, folder),
  )
if (only.includes('memory')) await inFolder(async (folder) => benchMemory(events, identities, folder))

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ostiary-bench-'))
  try {
    await use(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function benchSpeed(): Promise<void> {
  await inFolder(async (folder) => {
    let measured = 0
    for (const makeCorpus of [repeatedHour, composedTrace]) {
      const corpus = await makeCorpus(folder, records)
      if (corpus === undefined) continue
      await benchCorpus(corpus, rounds, folder)
      measured += 1
    }
    if (measured === 0) await benchCorpus(await simulatedTrace(folder, records), rounds, folder)
  })
}

async function benchCorpus(corpus: SpeedCorpus, rounds: number, folder: string): Promise<void> {
  const setting = await benchSetting()
  // A first round, not counted: compilers and caches of the machine warm up once in a long run.
  await speedRound(corpus, setting, folder)
  const measured: SpeedRound[] = []
  for (let round = 0; round < rounds; round++) measured.push(await speedRound(corpus, setting, folder))
  if (lastResult() === undefined) throw new Error('Cannot bench: nothing was measured')
  const spread = (of: (round: SpeedRound) => number): Spread => spreadOf(measured.map(of))
  const byStage = stages.map((stage) => [stage, spread((round) => round.stages[stage])] as const)
  const whole = spread((round) => round.whole)
  const reference = spread((round) => round.reference)
  const ratio = spread((round) => round.reference / round.whole)
  const records = corpus.records.length
  const alerts = measured[0]!.alerts
  tell(`\n${corpus.name}: ${records} records, ${rounds} rounds, ${alerts} findings; median (least–most)\n`)
  tell(
    textTable([
      ['stage', 'µs per event'],
      ...byStage.map(([stage, one]) => [stageTitles[stage], spreadText(one)]),
      ['whole way, bytes to alerts', spreadText(whole)],
      ['reference: JSON.parse of the same', spreadText(reference)],
    ]),
  )
  tell(`reference / whole way: ${spreadText(ratio, 3)} of the ${ratioGoal} goal\n`)
  record({
    bench: 'speed',
    corpus: corpus.name,
    records,
    rounds,
    alerts,
    usPerEvent: { ...Object.fromEntries(byStage), whole, reference },
    ratio,
    ratioGoal,
    machine: machineFacts(),
  })
}
