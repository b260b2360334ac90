import { idsMax, type ServiceMetrics, shortId } from '../service/service-metrics.ts'
import type { StageTask } from './stage-task.ts'

/** Sets the gauges that tell of the partitions held, as they are at this moment. */
export function tellStanding(
  metrics: ServiceMetrics,
  tasks: readonly Pick<StageTask, 'standing'>[],
  nowMs: number,
): void {
  const standings = tasks.map((task) => task.standing(nowMs))
  const sum = (of: (standing: (typeof standings)[number]) => number | undefined): number =>
    standings.reduce((total, standing) => total + (of(standing) ?? 0), 0)
  metrics.identities.set(sum(({ worker }) => worker.identities))
  metrics.openCases.set(sum(({ worker }) => worker.openCases))
  metrics.pageBudget.set(sum(({ worker }) => worker.pageBudget))
  metrics.pageBudgetLeft.set(sum(({ worker }) => worker.pageBudgetLeft))
  metrics.stateEntries.set(sum(({ stateEntries }) => stateEntries))
  metrics.stateBytes.set(sum(({ stateBytes }) => stateBytes))
  metrics.snapshotBytes.set(sum(({ snapshotBytes }) => snapshotBytes))
  metrics.snapshotAgeSeconds.set(Math.max(0, ...standings.map(({ unsavedMs }) => unsavedMs / 1000)))
  metrics.modelInfo.reset()
  for (const [[role, model], count] of counted(standings.flatMap(({ worker }) => worker.models ?? [])))
    metrics.modelInfo.set({ role, model }, count)
  metrics.tablesInfo.reset()
  for (const [[kind, tables], count] of counted(standings.flatMap(({ worker }) => worker.tables ?? [])))
    metrics.tablesInfo.set({ kind, tables }, count)
  for (const of of ['score', 'surprise'] as const) {
    const indexes = standings.flatMap(({ worker }) => worker.drift?.[of] ?? [])
    // The partition that has drifted furthest: they have one model, and a mean would hide it.
    if (indexes.length > 0) metrics.driftIndex.set({ of }, Math.max(...indexes))
    else metrics.driftIndex.remove({ of })
  }
}

/** How often each pair of a name and an id is there; no more than `idsMax` pairs. */
function counted(pairs: readonly (readonly [string, string])[]): readonly [readonly [string, string], number][] {
  const counts = new Map<string, [readonly [string, string], number]>()
  for (const [name, id] of pairs) {
    const key = `${name} ${id}`
    const held = counts.get(key)
    if (held !== undefined) held[1] += 1
    else if (counts.size < idsMax) counts.set(key, [[name, shortId(id)], 1])
  }
  return [...counts.values()]
}
