import { developerCommand, wholeNumber } from '../developer-command.ts'
import { fuzzSources } from './fuzz-sources.ts'

const { inputs, seed } = developerCommand('fuzz', 'Feeds every source what nobody would send, and tells what failed')
  .option('--inputs <n>', 'how many', wholeNumber(0), 200_000)
  .option('--seed <n>', 'which ones', wholeNumber(0), 1)
  .parse()
  .opts<{ inputs: number; seed: number }>()
const summary = fuzzSources(inputs, seed)
for (const failure of summary.failures) console.error(failure)
const counts = [...summary.byWord].sort((a, b) => b[1] - a[1]).map(([word, count]) => `${word} ${count}`)
console.log(
  `fuzz: ${summary.inputs} inputs of seed ${seed}, ${summary.outcomes} outcomes, ${summary.failures.length} failures (${counts.join(', ')})`,
)
process.exitCode = summary.failures.length === 0 ? 0 : 1
