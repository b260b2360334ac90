import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { benchSetting } from './bench-setting.ts'
import { benchCores } from './cores.ts'
import { machineFacts } from './machine-facts.ts'
import { benchMemory } from './memory.ts'
import { record, tell, textTable } from './report.ts'
import { composedTrace, repeatedHour, type SpeedCorpus, simulatedTrace } from './speed-corpus.ts'
import { lastResult, type SpeedRound, speedRound, stages } from './speed-rounds.ts'
import { type Spread, spreadOf, spreadText } from './spread-of.ts'

// npm run bench -- --records 200000 --rounds 5 --events 5000000 --identities 1000,1000000 --only speed,cores,memory

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

function wholeNumber(flag: string, text: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new RangeError(`Cannot bench with --${flag} "${text}": give a whole number from 1`)
}

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '200000' },
    rounds: { type: 'string', default: '5' },
    events: { type: 'string', default: '1000000' },
    identities: { type: 'string', default: '1000,200000' },
    only: { type: 'string', default: 'speed,cores,memory' },
  },
})
const parts = values.only.split(',')
tell(`${JSON.stringify(machineFacts())}\n`)
if (parts.includes('speed'))
  await benchSpeed(wholeNumber('records', values.records), wholeNumber('rounds', values.rounds))
if (parts.includes('cores')) {
  const [records, rounds] = [wholeNumber('records', values.records), wholeNumber('rounds', values.rounds)]
  await inFolder(async (folder) =>
    benchCores((await composedTrace(folder, records)) ?? (await simulatedTrace(folder, records)), rounds, folder),
  )
}
if (parts.includes('memory'))
  await inFolder(async (folder) =>
    benchMemory(
      wholeNumber('events', values.events),
      values.identities.split(',').map((text) => wholeNumber('identities', text)),
      folder,
    ),
  )

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ostiary-bench-'))
  try {
    await use(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function benchSpeed(records: number, rounds: number): Promise<void> {
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
