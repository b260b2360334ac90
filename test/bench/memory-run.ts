import { stat } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { saveStateFile, simulate } from '@ostiary/runtime'
import { type AccessEvent, canonicalSha256, normaliseRecord } from '@ostiary/schemas'
import { type BenchSetting, benchOrigin, benchSetting, newEnricher, newRun } from './bench-setting.ts'
import { CloneEvents } from './clone-events.ts'
import { stateSizesOf } from './state-sizes.ts'

// One streaming run in a process of its own, since memory that was once in use may never be given back. Prints a line of
// JSON. Run by `npm run bench`.

/** What a run told. Bytes are after a garbage collection, where Node was told to expose it. */
export interface MemoryRun {
  readonly events: number
  readonly identities: number
  /** By the clock, and of the processor: the collector's threads included, others on the machine not. */
  readonly usPerEvent: number
  readonly cpuUsPerEvent: number
  readonly rssAtFifth: number
  readonly rssAtEnd: number
  readonly heapAtFifth: number
  readonly heapAtEnd: number
  readonly collected: boolean
  /** The most that was resident at any time, the writing of the state file included. */
  readonly rssMost: number
  readonly stateFileBytes: number
  readonly stateBytesP50: number
  readonly stateBytesMax: number
}

const batchEvents = 1000
/** Event time of a run, however many events it has: the days close, and as many events wait for earlier ones. */
const spanMs = 30 * 86_400_000
const startMs = Date.UTC(2026, 2, 2)

/** A week of an invented organisation. */
function patternOf(setting: BenchSetting): AccessEvent[] {
  const enrich = newEnricher(setting)
  const events: AccessEvent[] = []
  // Through text, as a record comes: no string of the simulator's is held on to.
  for (const { record } of simulate({ seed: 1, identities: 300, days: 7, startMs, attacks: false }))
    normaliseRecord(JSON.parse(JSON.stringify(record)), (outcome) => {
      if (outcome.kind === 'event') events.push(enrich(outcome.event, () => canonicalSha256(record)))
    })
  return events
}

function bytesNow(): { readonly rss: number; readonly heap: number } {
  // Twice, since what only weak references hold goes with the second.
  globalThis.gc?.()
  globalThis.gc?.()
  const { rss, heapUsed, external } = process.memoryUsage()
  return { rss, heap: heapUsed + external }
}

async function memoryRun(events: number, identities: number, stateFile: string): Promise<MemoryRun> {
  const setting = await benchSetting(identities)
  const clones = new CloneEvents(patternOf(setting), identities, startMs, spanMs / events)
  const run = newRun(setting, [])
  let atFifth: ReturnType<typeof bytesNow> | undefined
  let [spentMs, cpuUs] = [0, 0]
  for (let count = 0; count < events; count += batchEvents) {
    if (atFifth === undefined && count >= events / 5) atFifth = bytesNow()
    const batch = Array.from({ length: Math.min(batchEvents, events - count) }, () => clones.next())
    const startedMs = performance.now()
    const cpu = process.cpuUsage()
    await run.take(batch)
    const { user, system } = process.cpuUsage(cpu)
    cpuUs += user + system
    spentMs += performance.now() - startedMs
  }
  const atEnd = bytesNow()
  await run.finish()
  const sections = run.pipeline.sections()
  await saveStateFile(stateFile, benchOrigin, sections)
  const sizes = stateSizesOf(sections.get('identities')!)
  return {
    events,
    identities: run.pipeline.identities,
    usPerEvent: (spentMs * 1000) / events,
    cpuUsPerEvent: cpuUs / events,
    rssAtFifth: (atFifth ?? atEnd).rss,
    rssAtEnd: atEnd.rss,
    heapAtFifth: (atFifth ?? atEnd).heap,
    heapAtEnd: atEnd.heap,
    collected: globalThis.gc !== undefined,
    rssMost: process.resourceUsage().maxRSS * 1024,
    stateFileBytes: (await stat(stateFile)).size,
    stateBytesP50: sizes[Math.floor(sizes.length / 2)]!,
    stateBytesMax: sizes.at(-1)!,
  }
}

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '100000' },
    identities: { type: 'string', default: '1000' },
    /** Where the state goes. */
    state: { type: 'string', default: '/dev/null' },
  },
})
const run = await memoryRun(Number(values.events), Number(values.identities), values.state)
process.stdout.write(`${JSON.stringify(run)}\n`)
