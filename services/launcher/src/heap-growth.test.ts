import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

// The heap of a fresh process tells, and other processes can only run what is built; `npm test` builds first.
const module = fileURLToPath(new URL('../dist/src/heap-growth.js', import.meta.url))

it.skipIf(!existsSync(module))('the old of a process that makes much and keeps little are collected sooner', () => {
  expect(collections(true)).toBeGreaterThan(collections(false))
})

/** How often its old generation is collected. What it makes lives long enough to be moved there. */
function collections(isBounded: boolean): number {
  const program = `
    import { constants, PerformanceObserver } from 'node:perf_hooks'
    if (process.argv[2] === 'true') (await import(process.argv[1])).boundHeapGrowth()
    let count = 0
    const isMajor = ({ detail }) => detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR
    new PerformanceObserver((list) => (count += list.getEntries().filter(isMajor).length)).observe({ entryTypes: ['gc'] })
    const held = Array.from({ length: 400_000 })
    for (let turn = 0; turn < 12_000_000; turn++) {
      held[turn % held.length] = { turn, own: [turn, turn + 1, turn + 2, turn + 3] }
      // Lets the observer have its turn.
      if (turn % held.length === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
    process.stdout.write(String(count))`
  // Where the collector has threads of its own, it depends on them how far the heap grows meanwhile.
  const flags = ['--single-threaded-gc', '--input-type=module', '-e', program]
  return Number(execFileSync(process.execPath, [...flags, module, String(isBounded)]))
}
