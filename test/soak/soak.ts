import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { BenchCluster } from '../bench/kafka/bench-cluster.ts'
import { machineFacts } from '../bench/machine-facts.ts'
import { record, tell, textTable } from '../bench/report.ts'
import { developerCommand, wholeNumber } from '../developer-command.ts'
import { soakPage, soakPlots } from './soak-page.ts'
import { type SoakSample, soakRun } from './soak-run.ts'
import { growthOf } from './soak-table.ts'

const flags = developerCommand('soak', 'Runs all services under a steady load with bursts, and tells what they hold')
  .option('--minutes <n>', 'how long', wholeNumber(1), 20)
  .option('--rate <n>', 'raw records a second', wholeNumber(1), 500)
  .option('--burst <n>', 'so many times as many in the last ten seconds of each minute', wholeNumber(1), 3)
  .option('--out <folder>', 'where the page and the plots go')
  .parse()
  .opts<{ minutes: number; rate: number; burst: number; out?: string }>()
const load = { perSecond: flags.rate, seconds: flags.minutes * 60, burst: flags.burst }
const machine = machineFacts()
record({ bench: 'soak', machine, load })
const cluster = await BenchCluster.start()
try {
  const samples = await soakRun(cluster, load, tellSample)
  const rows = [
    ['service', 'resident MiB at 20 %', 'at the end', 'ratio', 'least heap MiB at 20 %', 'at the end', 'files'],
  ]
  for (const growth of growthOf(samples)) {
    record({ part: 'growth', ...growth })
    const { service, residentEarly, residentLate, heapEarly, heapLate, files } = growth
    rows.push([
      ...[service, residentEarly.toFixed(0), residentLate.toFixed(0), (residentLate / residentEarly).toFixed(2)],
      ...[heapEarly.toFixed(0), heapLate.toFixed(0), String(files)],
    ])
  }
  tell(`${textTable(rows)}\n`)
  if (flags.out !== undefined) {
    // As it is meant where npm was called, which runs this in another folder.
    const folder = resolve(process.env['INIT_CWD'] ?? '.', flags.out)
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'soak.svg'), soakPlots(samples))
    writeFileSync(join(folder, 'README.md'), soakPage(samples, load, machine))
  }
} finally {
  await cluster.stop()
}

function tellSample(sample: SoakSample): void {
  record({ part: 'sample', ...sample })
  const held = Object.entries(sample.held).map(([name, { residentMiB }]) => `${name} ${residentMiB.toFixed(0)}`)
  tell(
    `${String(sample.seconds).padStart(5)} s  sent ${sample.sent}  lag ${sample.lag}  ` +
      `alerts p50 ${sample.alertsP50Ms.toFixed(0)} p99 ${sample.alertsP99Ms.toFixed(0)} ms  MiB ${held.join(', ')}\n`,
  )
}
