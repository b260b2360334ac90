import { execFileSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { machineFacts } from './machine-facts.ts'
import { record, tell, textTable } from './report.ts'
import type { SpeedCorpus } from './speed-corpus.ts'
import { spreadOf, spreadText } from './spread-of.ts'

/** Events a second of the whole way by the number of threads, in turns within each round, so that noise hits all. */
export function benchCores(corpus: SpeedCorpus, rounds: number, folder: string): void {
  const script = fileURLToPath(new URL('./cores-run.js', import.meta.url))
  const numbers = Array.from({ length: Math.min(availableParallelism(), 4) }, (_, index) => index + 1)
  const perSecond = new Map<number, number[]>(numbers.map((workers) => [workers, []]))
  for (let round = 0; round < rounds; round++)
    for (const workers of round % 2 === 0 ? numbers : [...numbers].reverse()) {
      const ms = Number(
        execFileSync(process.execPath, [script, corpus.path, folder, `${workers}`], { encoding: 'utf8' }),
      )
      perSecond.get(workers)!.push((corpus.records.length * 1000) / ms)
    }
  const alone = perSecond.get(1)!
  const rows = numbers.map((workers) => {
    const found = perSecond.get(workers)!
    return { workers, eventsPerSecond: spreadOf(found), gain: spreadOf(found.map((one, at) => one / alone[at]!)) }
  })
  tell(`\nthreads, ${corpus.name}: ${corpus.records.length} records, ${rounds} rounds; median (least–most)\n`)
  tell(
    textTable([
      ['threads', 'events a second', 'times one thread'],
      ...rows.map(({ workers, eventsPerSecond, gain }) => [
        `${workers}`,
        spreadText(eventsPerSecond, 0),
        spreadText(gain),
      ]),
    ]),
  )
  record({ bench: 'cores', corpus: corpus.name, rounds, rows, machine: machineFacts() })
}
