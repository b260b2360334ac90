import { OstiaryError } from '@ostiary/schemas'
import { expect, test } from 'vitest'
import { KeptPart } from './kept-part.ts'
import type { Part, PartEnd, RunningPart } from './part.ts'

interface Life {
  /** Ends it as a crash would. */
  end(end: PartEnd): void
  stops: number
}

/** A part whose lives a test can end; `refusals` says which starts come to nothing. */
function mortal(refusals: (start: number) => boolean = () => false): {
  part: Part
  lives: Life[]
  born(count: number): Promise<Life>
} {
  const lives: Life[] = []
  const waiting: (() => void)[] = []
  let starts = 0
  const part: Part = {
    name: 'desk',
    async start(): Promise<RunningPart> {
      starts += 1
      if (refusals(starts)) throw new OstiaryError('kafka.unavailable', 'no broker answers')
      let end: (given: PartEnd) => void = () => undefined
      const ended = new Promise<PartEnd>((resolve) => {
        end = resolve
      })
      const life: Life = { end, stops: 0 }
      lives.push(life)
      for (const wake of waiting.splice(0)) wake()
      return {
        ended,
        async stop() {
          life.stops += 1
          end({ text: 'was stopped', final: false })
        },
      }
    },
  }
  const born = async (count: number): Promise<Life> => {
    while (lives.length < count) await new Promise<void>((resolve) => waiting.push(resolve))
    return lives[count - 1]!
  }
  return { part, lives, born }
}

const crash: PartEnd = { text: 'ended with exit code 4', final: false }

function observed(): {
  waits: number[]
  ends: string[]
  lost: Promise<OstiaryError>
  options: Parameters<typeof KeptPart.start>[1]
} {
  const waits: number[] = []
  const ends: string[] = []
  let onLost: (error: OstiaryError) => void = () => undefined
  const lost = new Promise<OstiaryError>((resolve) => {
    onLost = resolve
  })
  const options = {
    signal: new AbortController().signal,
    onEnd: (text: string): void => void ends.push(text),
    onLost,
    wait: async (ms: number): Promise<void> => void waits.push(ms),
  }
  return { waits, ends, lost, options }
}

test('what ends is started again, after waits that double to a limit, and then given up', async () => {
  const { part, born, lives } = mortal()
  const { waits, ends, lost, options } = observed()
  const kept = await KeptPart.start(part, options)
  for (let count = 1; count <= 11; count += 1) (await born(count)).end(crash)
  expect((await lost).message).toBe('desk ended 11 times: ended with exit code 4')
  expect(lives).toHaveLength(11)
  expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000, 30_000, 30_000])
  expect(ends[0]).toBe('desk ended: ended with exit code 4. It is started again in 1 s')
  await kept.stop()
})

test('a restart that comes to nothing is tried again', async () => {
  const { part, born } = mortal((start) => start === 2)
  const { ends, options } = observed()
  const kept = await KeptPart.start(part, options)
  ;(await born(1)).end(crash)
  const second = await born(2)
  expect(ends[1]).toContain('no broker answers')
  await kept.stop()
  expect(second.stops).toBe(1)
})

test('what would end the same way again is not started again', async () => {
  const { part, lives } = mortal()
  const { lost, options } = observed()
  await KeptPart.start(part, options)
  lives[0]!.end({ text: 'ended with exit code 2', final: true })
  expect((await lost).message).toBe('desk ended for good: ended with exit code 2')
  expect(lives).toHaveLength(1)
})

test('a first start that comes to nothing is an error at once', async () => {
  const { part } = mortal(() => true)
  await expect(KeptPart.start(part, observed().options)).rejects.toThrow('no broker answers')
})

test('stopped while it waits to start again, it does not start again', async () => {
  const { part, lives } = mortal()
  const { options } = observed()
  let waiting: () => void = () => undefined
  const isWaiting = new Promise<void>((resolve) => {
    waiting = resolve
  })
  const kept = await KeptPart.start(part, {
    ...options,
    wait: (_ms, signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve())
        waiting()
      }),
  })
  lives[0]!.end(crash)
  await isWaiting
  await kept.stop()
  expect(lives).toHaveLength(1)
})
