import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { InvalidArgumentError } from 'commander'
import { developerCommand, someOf, wholeNumber } from '../developer-command.ts'
import { Campaign } from './campaign.ts'
import { type FaultKind, faultKinds } from './faults.ts'
import { lineOf, tableOf } from './report.ts'

const program = fileURLToPath(new URL('../../../services/cli/bin/ostiary.js', import.meta.url))
/** What a campaign takes beside its kills, and each of those, at the most. */
const fixedMs = 420_000
const killMsMax = 12_000

function deckOf(text: string): readonly FaultKind[] {
  const kinds = someOf(faultKinds)(text)
  if (kinds.some((kind) => kind.startsWith('kill'))) return kinds
  throw new InvalidArgumentError('One of them has to be a kill.')
}

const flags = developerCommand(
  'torture',
  'Kills and pauses what runs, fills its disk, and tells whether every law still holds',
)
  .option('--kills <n>', 'faults that are kills', wholeNumber(0), 30)
  .option('--seed <n>', 'which faults, when', wholeNumber(0), 1)
  .option('--raw-partitions <n>', 'partitions of access.raw', wholeNumber(1), 4)
  .option('--event-partitions <n>', 'partitions of access.events (default: as many)', wholeNumber(1))
  .option('--records-per-kill <n>', 'records sent between two kills', wholeNumber(1), 250)
  .option('--faults <list>', `what to deal, twice what is named twice: some of "${faultKinds.join(',')}"`, deckOf)
  .option('--program <file>', 'another build of the command', program)
  .parse()
  .opts<{
    kills: number
    seed: number
    rawPartitions: number
    eventPartitions?: number
    recordsPerKill: number
    faults?: readonly FaultKind[]
    program: string
  }>()
const { kills, rawPartitions } = flags
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
  seed: flags.seed,
  rawPartitions,
  eventPartitions: flags.eventPartitions ?? rawPartitions,
  recordsPerKill: flags.recordsPerKill,
  deck: flags.faults,
  program: flags.program,
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
