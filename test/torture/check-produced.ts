import { createHash } from 'node:crypto'
import type { Differences } from './differences.ts'
import { type Logs, recordsOf } from './log-record.ts'

/** The name of bytes, to count them by. */
export function nameOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/**
 * Everything that was handed to the producer lies in `access.raw`, and nothing else. What a producer sends again after a
 * failure may lie there more than once.
 *
 * @param produced names of what was handed over
 * @returns how many records lie there beyond those
 */
export function checkProduced(logs: Logs, produced: readonly string[], differences: Differences): number {
  const left = new Map<string, number>()
  for (const name of produced) left.set(name, (left.get(name) ?? 0) + 1)
  let repeats = 0
  for (const { value, partition, offset } of recordsOf(logs, 'access.raw')) {
    const name = nameOf(value ?? Buffer.alloc(0))
    const due = left.get(name)
    if (due === undefined) differences.add('produced', `raw ${partition}:${offset}: nobody sent it`)
    else if (due === 0) repeats += 1
    else left.set(name, due - 1)
  }
  for (const [name, due] of left)
    if (due > 0) differences.add('produced', `${due} records of ${name} are not in access.raw`)
  return repeats
}
