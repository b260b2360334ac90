import type { PacedLoad } from '../bench/kafka/paced-load.ts'
import type { MachineFacts } from '../bench/machine-facts.ts'
import { lineChart } from './line-chart.ts'
import type { SoakSample } from './soak-run.ts'
import { growthOf } from './soak-table.ts'

/** The charts of a run, by file name. */
export function soakCharts(samples: readonly SoakSample[]): [string, string][] {
  const seconds = samples.map((sample) => sample.seconds)
  const names = Object.keys(samples[0]?.held ?? {}) as (keyof SoakSample['held'])[]
  const of = (pick: (sample: SoakSample, name: (typeof names)[number]) => number) =>
    names.map((name) => ({ name, values: samples.map((sample) => pick(sample, name)) }))
  return [
    [
      'resident.svg',
      lineChart(
        'Resident memory, MiB',
        seconds,
        of(({ held }, name) => held[name].residentMiB),
      ),
    ],
    [
      'heap.svg',
      lineChart(
        'Heap in use with its garbage, MiB',
        seconds,
        of(({ held }, name) => held[name].heapMiB),
      ),
    ],
    [
      'files.svg',
      lineChart(
        'Open files and sockets',
        seconds,
        of(({ held }, name) => held[name].files),
      ),
    ],
    ['lag.svg', lineChart('Records not read yet', seconds, [{ name: 'all', values: samples.map(({ lag }) => lag) }])],
    [
      'latency.svg',
      lineChart('From the append to the alert, ms', seconds, [
        { name: 'p50', values: samples.map(({ alertsP50Ms }) => alertsP50Ms) },
        { name: 'p99', values: samples.map(({ alertsP99Ms }) => alertsP99Ms) },
      ]),
    ],
  ]
}

/** What a run showed, as a page. */
export function soakPage(samples: readonly SoakSample[], load: PacedLoad, machine: MachineFacts): string {
  const rows = growthOf(samples).map(
    ({ service, residentEarly, residentLate, heapEarly, heapLate, files }) =>
      `| ${service} | ${residentEarly.toFixed(0)} | ${residentLate.toFixed(0)} | ${(residentLate / residentEarly).toFixed(2)} | ` +
      `${heapEarly.toFixed(0)} | ${heapLate.toFixed(0)} | ${files} |`,
  )
  const minutes = (load.seconds / 60).toFixed(0)
  return `# Soak

    npm run soak -- --minutes ${minutes} --rate ${load.perSecond} --burst ${load.burst} --out docs/soak

All services, one of each, with broker and registry on one machine: ${load.perSecond} records a second for ${minutes} minutes, ${load.burst} times
as many in the last ten seconds of each minute; ${samples.at(-1)?.sent ?? 0} records in all. Looked at every ten seconds. The numbers
at 20 % and at the end are medians of six looks; the least heap is the lowest of them, since between collections the heap holds garbage.

| service | resident MiB at 20 % | at the end | ratio | least heap MiB at 20 % | at the end | files |
|---|---|---|---|---|---|---|
${rows.join('\n')}

${soakCharts(samples)
  .map(([name]) => `![${name.replace('.svg', '')}](${name})`)
  .join('\n\n')}

${machine.cpu}, ${machine.cpus} cores, Node ${machine.node}, load ${machine.load} at the start.
`
}
