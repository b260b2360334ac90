import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

// The heap of a fresh process tells, and other processes can only run what is built; `npm test` builds first.
const module = fileURLToPath(new URL('../dist/src/heap-growth.js', import.meta.url))

it.skipIf(!existsSync(module))('the heap of a process that makes much and keeps little takes far less room', () => {
  expect(mostHeap(true)).toBeLessThan(0.8 * mostHeap(false))
})

/** The most that its heap took, bytes. What it makes lives long enough to be moved among the old. */
function mostHeap(isBounded: boolean): number {
  const program = `
    if (process.argv[2] === 'true') (await import(process.argv[1])).boundHeapGrowth()
    const kept = Array.from({ length: 300_000 }, (_, index) => ({ index, own: [index] }))
    const held = Array.from({ length: 400_000 })
    let most = 0
    for (let turn = 0; turn < 4_000_000; turn++) {
      held[turn % held.length] = { turn, own: [turn, turn + 1, turn + 2, turn + 3] }
      if (turn % 20_000 === 0) most = Math.max(most, process.memoryUsage().heapTotal)
    }
    process.stdout.write(String(kept.length && most))`
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', program, module, String(isBounded)]))
}
