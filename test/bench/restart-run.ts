import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { LocalRun, loadStateFile } from '@ostiary/runtime'
import { benchOrigin, benchSetting } from './bench-setting.ts'

// A start in a process of its own that goes on from a state file. Prints a line of JSON. Run by `npm run bench`.

/** What a start told. */
export interface RestartRun {
  readonly identities: number
  /** From the start of the process until the first event could be taken. */
  readonly seconds: number
  readonly rss: number
  /** The most that was resident at any time. */
  readonly rssMost: number
}

const settleMs = 1000

async function restartRun(stateFile: string, identities: number): Promise<RestartRun> {
  const setting = await benchSetting(identities)
  const before = await loadStateFile(stateFile, benchOrigin)
  const run = new LocalRun({
    ...setting,
    codeVersion: 'bench',
    sinks: [],
    nameOf: (uid) => uid,
    before: before?.sections,
  })
  const seconds = performance.now() / 1000
  // What the file was unfolded into is freed by threads of the collector, a moment later.
  globalThis.gc?.()
  await setTimeout(settleMs)
  globalThis.gc?.()
  return {
    identities: run.pipeline.identities,
    seconds,
    rss: process.memoryUsage().rss,
    rssMost: process.resourceUsage().maxRSS * 1024,
  }
}

const { values } = parseArgs({
  options: { state: { type: 'string' }, identities: { type: 'string', default: '1000' } },
})
process.stdout.write(`${JSON.stringify(await restartRun(values.state ?? '', Number(values.identities)))}\n`)
