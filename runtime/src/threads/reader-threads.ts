import { availableParallelism } from 'node:os'
import type { ListedInput } from '../reading/list-inputs.ts'

/** Most threads unless more are asked for: the one that scores keeps no more than a few others busy. */
export const workersByDefaultMax = 4
/** Bytes of records from which threads are worth their start: about 10,000 records. */
export const threadsFromBytes: number = 8 * 1024 * 1024
/** Bytes that one of a packed file stands for: logs repeat themselves, and this need not be exact. */
const packedFold = 10
function thisMachine(): { readonly processors: number; readonly isCompiled: boolean } {
  // Threads run what was compiled; whoever runs the sources need not have done so.
  return { processors: availableParallelism(), isCompiled: import.meta.url.endsWith('.js') }
}

/**
 * How many threads are to read, beside the one that scores.
 *
 * @param workers threads in all; 0 for as many as the machine has processors, where there is enough to read
 */
export function readerThreads(
  inputs: readonly ListedInput[],
  workers: number,
  machine: { readonly processors: number; readonly isCompiled: boolean } = thisMachine(),
): number {
  // What comes by a pipe is read by the thread that scores.
  const files = inputs.filter(({ bytes }) => bytes > 0)
  const bytesOf = ({ path, bytes }: ListedInput): number => (path.endsWith('.gz') ? bytes * packedFold : bytes)
  const isWorthIt = machine.isCompiled && files.reduce((sum, file) => sum + bytesOf(file), 0) >= threadsFromBytes
  const wanted = workers > 0 ? workers : !isWorthIt ? 1 : Math.min(machine.processors, workersByDefaultMax)
  return Math.min(wanted - 1, files.length)
}
