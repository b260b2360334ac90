import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { alertLineOf, listInputs, mergedEvents, sinks } from '@ostiary/runtime'
import { type BenchSetting, benchKey, benchSetting, newRun } from './bench-setting.ts'
import { machineFacts } from './machine-facts.ts'
import { record, tell, textTable } from './report.ts'
import type { SpeedCorpus } from './speed-corpus.ts'
import { spreadOf, spreadText } from './spread-of.ts'

/** Events a second of the whole way by the number of threads, in turns within each round, so that noise hits all. */
export async function benchCores(corpus: SpeedCorpus, rounds: number, folder: string): Promise<void> {
  const setting = await benchSetting()
  const numbers = Array.from({ length: Math.min(availableParallelism(), 4) }, (_, index) => index + 1)
  const perSecond = new Map<number, number[]>(numbers.map((workers) => [workers, []]))
  // The first round is not counted: compilers and caches of the machine warm up once in a long run.
  for (let round = 0; round <= rounds; round++)
    for (const workers of round % 2 === 0 ? numbers : [...numbers].reverse()) {
      const ms = await wholeWayMs(corpus, setting, workers, folder)
      if (round > 0) perSecond.get(workers)!.push((corpus.records.length * 1000) / ms)
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

/** From the file's bytes to written alerts, with the start of the threads, as `ostiary scan` goes. */
async function wholeWayMs(
  corpus: SpeedCorpus,
  { config, tables, model }: BenchSetting,
  workers: number,
  folder: string,
): Promise<number> {
  const startedMs = performance.now()
  const file = sinks.file(join(folder, 'alerts.ndjson'), alertLineOf({ format: 'ocsf', productVersion: 'bench' }))
  const run = newRun({ config, tables, model }, [file])
  const reading = { config: { ...config, workers }, tables, key: benchKey }
  for await (const batch of mergedEvents(listInputs([corpus.path]), reading).batches) await run.take(batch)
  await run.finish()
  await file.close()
  return performance.now() - startedMs
}
