import { spawn } from 'node:child_process'
import { createLogger } from '@ostiary/runtime'
import {
  CollectedOutputs,
  createServiceMetrics,
  ServiceHealth,
  sampledContext,
  startTracing,
  traceHeader,
} from '@ostiary/runtime/kafka'

// What traces cost a record in processor time: at the collector, and in a stage that takes it and writes one. Off, 1 % and
// 100 % take turns, and the spans go to a receiver in another process, as they would.
const recordsPerRound = 20_000
const batchRecords = 1000
/** A rest after each batch, so that spans can leave as they would between two transactions. */
const restMs = 60
const rounds = 5
const modes = [
  ['off', undefined],
  ['1 %', 0.01],
  ['100 %', 1],
] as const

const receiver = spawn(
  process.execPath,
  [
    '-e',
    "require('http').createServer((q, r) => { q.resume(); q.on('end', () => r.end()) }).listen(0, '127.0.0.1', function () { console.log(this.address().port) })",
  ],
  { stdio: ['ignore', 'pipe', 'inherit'] },
)
const port = await new Promise<string>((resolve) =>
  receiver.stdout.once('data', (told) => resolve(String(told).trim())),
)
const log = createLogger({ level: 'warn', service: 'bench', version: '0' })
const records = Array.from({ length: recordsPerRound }, (_, index) =>
  Buffer.from(
    JSON.stringify({ eventID: `${index}-${(index * 2_654_435_761) % 4_294_967_296}`, filler: 'x'.repeat(900) }),
  ),
)
const source = { topic: 'access.raw', group: 'ostiary-enricher', operation: 'transaction' as const }
const none = Buffer.alloc(0)

/** Microseconds of this process for each record of a round. */
async function round(ratio: number | undefined): Promise<number> {
  const metrics = createServiceMetrics(new ServiceHealth(log), 'enricher')
  const endpoint = ratio === undefined ? '' : `http://127.0.0.1:${port}`
  const options = { endpoint, ratio: ratio ?? 0, service: 'bench', version: '0', env: {}, log, metrics }
  const tracing = await startTracing(options)
  const before = process.cpuUsage()
  for (let at = 0; at < records.length; at += batchRecords) {
    const outputs = new CollectedOutputs()
    const batch = records.slice(at, at + batchRecords).map((bytes, index) => {
      const span = tracing?.samples(bytes) === true ? tracing.startAppend('access.raw') : undefined
      const header = span === undefined ? undefined : tracing!.headerOf(span)
      if (span !== undefined) tracing!.endAppend(span, true)
      const record = { partition: 0, offset: at + index }
      const headers: Readonly<Record<string, unknown>> = { [traceHeader]: header }
      const trace = tracing === undefined ? undefined : sampledContext(headers[traceHeader])
      return trace === undefined ? record : { ...record, trace }
    })
    const traced = tracing?.batch(source, batch)
    for (const record of batch) {
      const step = (): void => outputs.emit({ topic: 'access.events', key: 'k', value: none })
      if (traced === undefined) step()
      else traced.step(record, outputs, step)
    }
    await traced?.finish(async () => undefined)
    await new Promise((resolve) => setTimeout(resolve, restMs))
  }
  await tracing?.close()
  const { user, system } = process.cpuUsage(before)
  const { values } = await metrics.traceSpans.get()
  const dropped = values.find(({ labels }) => labels.outcome === 'dropped')?.value ?? 0
  if (dropped > 0) console.error(`${dropped} spans were dropped`)
  return (user + system) / recordsPerRound
}

const costs = new Map<string, number[]>(modes.map(([name]) => [name, []]))
for (let turn = 0; turn < rounds; turn++) for (const [name, ratio] of modes) costs.get(name)!.push(await round(ratio))
for (const [name, all] of costs) {
  const sorted = [...all].sort((a, b) => a - b)
  console.log(
    `${name.padEnd(6)} ${sorted[rounds >> 1]!.toFixed(2)} µs a record (${sorted[0]!.toFixed(2)} to ${sorted.at(-1)!.toFixed(2)})`,
  )
}
receiver.kill()
