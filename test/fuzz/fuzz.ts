import { parseArgs } from 'node:util'
import { fuzzSources } from './fuzz-sources.ts'

// npm run fuzz -- --inputs 1000000 --seed 7

function wholeNumber(flag: string, text: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= 0) return value
  throw new RangeError(`Cannot fuzz with --${flag} "${text}": give a whole number`)
}

const { values } = parseArgs({
  options: { inputs: { type: 'string', default: '200000' }, seed: { type: 'string', default: '1' } },
})
const seed = wholeNumber('seed', values.seed)
const summary = fuzzSources(wholeNumber('inputs', values.inputs), seed)
for (const failure of summary.failures) console.error(failure)
const counts = [...summary.byWord].sort((a, b) => b[1] - a[1]).map(([word, count]) => `${word} ${count}`)
console.log(
  `fuzz: ${summary.inputs} inputs of seed ${seed}, ${summary.outcomes} outcomes, ${summary.failures.length} failures (${counts.join(', ')})`,
)
process.exitCode = summary.failures.length === 0 ? 0 : 1
