import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { BenchCluster } from '../bench/kafka/bench-cluster.ts'
import { machineFacts } from '../bench/machine-facts.ts'
import { record, tell, textTable } from '../bench/report.ts'
import { soakPage, soakPlots } from './soak-page.ts'
import { type SoakSample, soakRun } from './soak-run.ts'
import { growthOf } from './soak-table.ts'

// npm run soak -- --minutes 20 --rate 500 --burst 3 --out docs/soak

const { values: flags } = parseArgs({
  options: {
    minutes: { type: 'string', default: '20' },
    rate: { type: 'string', default: '500' },
    burst: { type: 'string', default: '3' },
    out: { type: 'string' },
  },
})
const load = { perSecond: Number(flags.rate), seconds: Number(flags.minutes) * 60, burst: Number(flags.burst) }
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
