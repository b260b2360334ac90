import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Campaign } from './campaign.ts'
import { type FaultKind, faultKinds } from './faults.ts'
import { lineOf, tableOf } from './report.ts'

// npm run torture -- --kills 100 --seed 7
// npm run torture -- --kills 20 --seed 1 --faults 'kill a service,fill the disk'

const program = fileURLToPath(new URL('../../../services/cli/bin/ostiary.js', import.meta.url))
/** What a campaign takes beside its kills, and each of those, at the most. */
const fixedMs = 420_000
const killMsMax = 12_000

function wholeNumber(flag: string, text: string, least: number): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= least) return value
  throw new RangeError(`Cannot torture with --${flag} "${text}": give a whole number from ${least} on`)
}

function deckOf(text: string): readonly FaultKind[] {
  const kinds = text.split(',').map((name) => faultKinds.find((kind) => kind === name.trim()))
  const isKnown = (kind: FaultKind | undefined): kind is FaultKind => kind !== undefined
  if (kinds.every(isKnown) && kinds.some((kind) => kind.startsWith('kill'))) return kinds
  throw new RangeError(
    `Cannot torture with --faults "${text}": give some of "${faultKinds.join(', ')}", one of them a kill, with commas between`,
  )
}

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
    'raw-partitions': { type: 'string', default: '4' },
    'event-partitions': { type: 'string' },
    'records-per-kill': { type: 'string', default: '250' },
    /** What to deal, with commas between; what is named twice comes twice as often. */
    faults: { type: 'string' },
    /** Another build of the command. */
    program: { type: 'string', default: program },
  },
})
const kills = wholeNumber('kills', values.kills, 0)
const rawPartitions = wholeNumber('raw-partitions', values['raw-partitions'], 1)
const eventPartitions = wholeNumber('event-partitions', values['event-partitions'] ?? String(rawPartitions), 1)
const folder = mkdtempSync(join(tmpdir(), 'ostiary-torture-'))
const startedMs = performance.now()
const isTerminal = process.stderr.isTTY

/** One line that changes on a terminal, one after the other elsewhere. */
function tell(text: string): void {
  const line = `${((performance.now() - startedMs) / 1000).toFixed(0).padStart(4)} s  ${text}`
  process.stderr.write(isTerminal ? `\r\x1b[2K${line.slice(0, process.stderr.columns - 1)}` : `${line}\n`)
}

const campaign = new Campaign({
  kills,
  seed: wholeNumber('seed', values.seed, 0),
  rawPartitions,
  eventPartitions,
  recordsPerKill: wholeNumber('records-per-kill', values['records-per-kill'], 1),
  deck: values.faults === undefined ? undefined : deckOf(values.faults),
  program: values.program,
  folder,
  timeoutMs: fixedMs + kills * killMsMax,
  tell,
})
let isWhole = false
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    void campaign.close().finally(() => process.exit(130))
  })
try {
  const result = await campaign.run()
  isWhole = result.differences.count === 0
  if (isTerminal) process.stderr.write('\n')
  console.log(`${tableOf(result)}\n\n${lineOf(result)}`)
  for (const line of result.differences.lines()) console.error(line)
} catch (error) {
  console.error(error)
} finally {
  await campaign.close()
  if (isWhole) rmSync(folder, { recursive: true, force: true })
  else console.error(`The logs of all processes are in ${join(folder, 'logs')}`)
}
process.exit(isWhole ? 0 : 1)
