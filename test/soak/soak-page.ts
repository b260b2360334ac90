import { linePlots, type Plot } from '@ostiary/models/train'
import type { BenchService } from '../bench/kafka/bench-cluster.ts'
import type { PacedLoad } from '../bench/kafka/paced-load.ts'
import type { MachineFacts } from '../bench/machine-facts.ts'
import type { SoakSample } from './soak-run.ts'
import { growthOf } from './soak-table.ts'

/** The plots of a run, as one SVG. */
export function soakPlots(samples: readonly SoakSample[]): string {
  const names = Object.keys(samples[0]?.held ?? {}) as BenchService[]
  const plot = (title: string, y: string, lines: Readonly<Record<string, (sample: SoakSample) => number>>): Plot => ({
    title,
    x: 'minutes',
    y,
    lines: Object.entries(lines).map(([name, pick]) => ({
      name,
      // Where nothing was alerted in ten seconds there is no latency.
      points: samples
        .map((sample) => [sample.seconds / 60, pick(sample)] as const)
        .filter(([, value]) => Number.isFinite(value)),
    })),
  })
  const ofServices = (pick: (sample: SoakSample, name: BenchService) => number) =>
    Object.fromEntries(names.map((name) => [name, (sample: SoakSample) => pick(sample, name)]))
  return linePlots([
    plot(
      'Resident memory',
      'MiB',
      ofServices(({ held }, name) => held[name].residentMiB),
    ),
    plot(
      'Heap in use, with its garbage',
      'MiB',
      ofServices(({ held }, name) => held[name].heapMiB),
    ),
    plot(
      'Open files and sockets',
      'number',
      ofServices(({ held }, name) => held[name].files),
    ),
    plot('Not read yet', 'records', { 'before all services': ({ lag }) => lag }),
    plot('From the append to the alert', 'ms', { p50: (one) => one.alertsP50Ms, p99: (one) => one.alertsP99Ms }),
  ])
}

/** What a run showed, as a page beside its plots. */
export function soakPage(samples: readonly SoakSample[], load: PacedLoad, machine: MachineFacts): string {
  const rows = growthOf(samples).map(
    ({ service, residentEarly, residentLate, heapEarly, heapLate, files }) =>
      `| ${service} | ${residentEarly.toFixed(0)} | ${residentLate.toFixed(0)} | ${(residentLate / residentEarly).toFixed(2)} | ` +
      `${heapEarly.toFixed(0)} | ${heapLate.toFixed(0)} | ${files} |`,
  )
  const minutes = load.seconds / 60
  return `# Soak

    npm run soak -- --minutes ${minutes} --rate ${load.perSecond} --burst ${load.burst} --out docs/soak

All services, one of each, with broker and registry on one machine: ${load.perSecond} records a second for ${minutes} minutes, ${load.burst} times
as many in the last ten seconds of each minute; ${samples.at(-1)?.sent ?? 0} records in all. Looked at every ten seconds. The numbers
at 20 % and at the end are medians of six looks; the least heap is the lowest of them, since between collections the heap holds garbage.

| service | resident MiB at 20 % | at the end | ratio | least heap MiB at 20 % | at the end | files |
|---|---|---|---|---|---|---|
${rows.join('\n')}

![Memory, heap, open files, records not read yet and latency over the run](soak.svg)

${machine.cpu}, ${machine.cpus} cores, Node ${machine.node}, load ${machine.load} at the start.
`
}
