import type { ServiceMetrics } from '../service/service-metrics.ts'
import type { InputRecord, PartitionWorker, Stage } from './stage.ts'
import type { CollectedOutputs } from './step-outputs.ts'

/** What OpenMetrics lets an exemplar's names and values be long together, with room for the name. */
const exemplarLettersMax = 110

/** Tells the metrics of the records of a transaction, once that is committed: a retry counts once. */
export function tellCommitted(
  metrics: ServiceMetrics,
  { input }: Pick<Stage, 'input'>,
  worker: PartitionWorker,
  records: readonly InputRecord[],
  outputs: CollectedOutputs,
): void {
  const nowMs = Date.now()
  metrics.recordsReceived.labels(input).inc(records.length)
  metrics.transactionRecords.observe(records.length)
  tellLatency(metrics, input, worker, records, nowMs)
  const emitted = new Map<string, number>()
  for (const { topic } of outputs.records) emitted.set(topic, (emitted.get(topic) ?? 0) + 1)
  for (const [topic, count] of emitted) metrics.recordsEmitted.labels(topic).inc(count)
  const byReason = [
    [metrics.recordsRejected, 'rejected'],
    [metrics.recordsFiltered, 'filtered'],
    [metrics.modelsRefused, 'refused'],
  ] as const
  for (const [counter, kind] of byReason)
    for (const [reason, count] of outputs.counts.get(kind) ?? []) counter.labels(reason).inc(count)
  metrics.duplicates.inc(outputs.counts.get('duplicate')?.get('') ?? 0)
  metrics.lateEvents.inc(outputs.counts.get('late')?.get('') ?? 0)
  worker.tell?.(metrics, nowMs)
}

/** The slowest record of the transaction is the example that its bucket shows. */
function tellLatency(
  { eventLatencySeconds }: ServiceMetrics,
  input: string,
  worker: PartitionWorker,
  records: readonly InputRecord[],
  nowMs: number,
): void {
  const slowest = records.reduce((oldest, record) => (record.timeMs < oldest.timeMs ? record : oldest))
  for (const record of records) {
    const value = Math.max(0, nowMs - record.timeMs) / 1000
    if (record !== slowest) eventLatencySeconds.observe({ value })
    else {
      const place = { place: `${input}/${record.partition}/${record.offset}` }
      eventLatencySeconds.observe({ value, exemplarLabels: exemplarOf(worker.nameOf?.(record) ?? place) })
    }
  }
}

/** An exemplar, where it is not too long to be one: the ids of events are as long as their cloud makes them. */
export function exemplarOf(name: Readonly<Record<string, string>>): Record<string, string> {
  const letters = Object.entries(name).reduce((sum, [key, value]) => sum + key.length + value.length, 0)
  return letters <= exemplarLettersMax ? { ...name } : {}
}
