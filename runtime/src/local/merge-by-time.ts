import type { Timed } from './reorder-buffer.ts'

/** A stream that is about in order of time, and that need not be opened before its first event is due. */
export interface TimedInput<E extends Timed> {
  /** Names the input; decides between inputs that begin at the same time. */
  readonly path: string
  /** Event time of the first event, ms; `undefined` where there is none. Asked only when there are several inputs. */
  firstMs(): Promise<number | undefined>
  /** Told that it is among the next to be opened. */
  prepare?(): void
  open(): AsyncIterator<readonly E[]>
}

/** Most inputs that are open at a time. */
export const openInputsMax = 64
/** Inputs that are told ahead that they will be opened. */
const preparedMax = 8
/** Most events of a batch that is handed on. */
const batchMax = 1024

interface Cursor<E> {
  readonly path: string
  readonly batches: AsyncIterator<readonly E[]>
  batch: readonly E[]
  at: number
}

/**
 * Merges inputs by event time. Each input keeps its own order; between inputs the one whose next event is earliest goes
 * first, ties by path. Where more than `openInputsMax` overlap, the later ones wait, and their events come late.
 */
export async function* mergeByTime<E extends Timed>(
  inputs: readonly TimedInput<E>[],
): AsyncGenerator<readonly E[], void> {
  if (inputs.length === 1) {
    const batches = inputs[0]!.open()
    for (let next = await batches.next(); !next.done; next = await batches.next()) yield next.value
    return
  }
  const waiting = await inOrderOfTime(inputs)
  const open: Cursor<E>[] = []
  let out: E[] = []
  try {
    for (;;) {
      await openDue(waiting, open)
      if (open.length === 0) break
      const first = earliest(open)
      const limit = nextTime(open, first, open.length < openInputsMax ? waiting[0]?.firstMs : undefined)
      while (first.at < first.batch.length) {
        const event = first.batch[first.at]!
        if (event.time > limit) break
        out.push(event)
        first.at += 1
        if (limit === event.time) break
      }
      if (first.at >= first.batch.length && !(await refill(first))) open.splice(open.indexOf(first), 1)
      if (out.length >= batchMax) {
        yield out
        out = []
      }
    }
  } finally {
    for (const cursor of open) await cursor.batches.return?.()
  }
  if (out.length > 0) yield out
}

interface Waiting<E extends Timed> {
  readonly input: TimedInput<E>
  readonly firstMs: number
}

/** Inputs by their first event, those without any first: they hold rejects that must be counted all the same. */
async function inOrderOfTime<E extends Timed>(inputs: readonly TimedInput<E>[]): Promise<Waiting<E>[]> {
  const waiting: Waiting<E>[] = []
  for (let at = 0; at < inputs.length; at += openInputsMax) {
    const looked = inputs.slice(at, at + openInputsMax).map(async (input) => ({
      input,
      firstMs: (await input.firstMs()) ?? Number.NEGATIVE_INFINITY,
    }))
    waiting.push(...(await Promise.all(looked)))
  }
  return waiting.sort((a, b) => order(a.firstMs, b.firstMs) || order(a.input.path, b.input.path))
}

function order<V extends number | string>(a: V, b: V): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Opens the inputs whose first event is due: earlier than what is open, or whatever comes first when nothing is. */
async function openDue<E extends Timed>(waiting: Waiting<E>[], open: Cursor<E>[]): Promise<void> {
  while (waiting.length > 0 && open.length < openInputsMax) {
    const next = waiting[0]!
    if (open.length > 0 && next.firstMs > headMs(earliest(open))) return
    waiting.shift()
    for (const { input } of waiting.slice(0, preparedMax)) input.prepare?.()
    const cursor: Cursor<E> = { path: next.input.path, batches: next.input.open(), batch: [], at: 0 }
    if (await refill(cursor)) open.push(cursor)
  }
}

async function refill<E>(cursor: Cursor<E>): Promise<boolean> {
  for (;;) {
    const next = await cursor.batches.next()
    if (next.done) return false
    if (next.value.length === 0) continue
    cursor.batch = next.value
    cursor.at = 0
    return true
  }
}

function headMs<E extends Timed>(cursor: Cursor<E>): number {
  return cursor.batch[cursor.at]!.time
}

function earliest<E extends Timed>(open: readonly Cursor<E>[]): Cursor<E> {
  let best = open[0]!
  for (const cursor of open) {
    const difference = headMs(cursor) - headMs(best)
    if (difference < 0 || (difference === 0 && cursor.path < best.path)) best = cursor
  }
  return best
}

/** The time up to which the first cursor may go on alone. */
function nextTime<E extends Timed>(
  open: readonly Cursor<E>[],
  first: Cursor<E>,
  waitingMs: number | undefined,
): number {
  let limit = waitingMs ?? Number.POSITIVE_INFINITY
  for (const cursor of open) if (cursor !== first && headMs(cursor) < limit) limit = headMs(cursor)
  return limit
}
