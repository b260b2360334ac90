import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type AbortedTransaction, type FetchedRecord, hideAborted } from './committed-records.ts'

interface Step {
  readonly producer: number
  /** Writes a record; ends its transaction, which writes a marker. */
  readonly act: 'write' | 'commit' | 'abort' | 'write outside'
}

interface Log {
  readonly records: FetchedRecord[]
  /** Offsets of what a reader of committed records gets. */
  readonly committed: ReadonlySet<number>
  /** As a broker lists them: by their ends. */
  readonly aborted: (AbortedTransaction & { readonly lastOffset: number })[]
}

/** What a partition holds after these steps, all transactions ended. */
function logOf(steps: readonly Step[]): Log {
  const records: FetchedRecord[] = []
  const committed = new Set<number>()
  const aborted: Log['aborted'] = []
  const open = new Map<number, number[]>()
  const add = (producer: number, key: Buffer | null, isControlRecord: boolean, inTransaction: boolean): number => {
    const batchContext = { producerId: String(producer), inTransaction }
    return records.push({ offset: String(records.length), key, isControlRecord, batchContext }) - 1
  }
  const end = (producer: number, commits: boolean): void => {
    const offsets = open.get(producer)
    if (offsets === undefined) return
    open.delete(producer)
    const lastOffset = add(producer, Buffer.from([0, 0, 0, commits ? 1 : 0]), true, true)
    if (commits) for (const offset of offsets) committed.add(offset)
    else aborted.push({ producerId: String(producer), firstOffset: String(offsets[0]), lastOffset })
  }
  for (const { producer, act } of steps)
    if (act === 'commit' || act === 'abort') end(producer, act === 'commit')
    // A producer without a transaction is another one, whose id is its own.
    else if (act === 'write outside') committed.add(add(producer + 100, abortKeyOfNobody, false, false))
    else open.set(producer, [...(open.get(producer) ?? []), add(producer, Buffer.from('key'), false, true)])
  for (const producer of [...open.keys()]) end(producer, producer % 2 === 0)
  return { records, committed, aborted }
}

/** An ordinary key may have the bytes of an abort marker's. */
const abortKeyOfNobody = Buffer.from([0, 0, 0, 0])

const steps = fc.array(
  fc.record({
    producer: fc.integer({ min: 1, max: 4 }),
    act: fc.constantFrom<Step['act']>('write', 'write', 'write', 'commit', 'abort', 'write outside'),
  }),
  { maxLength: 60 },
)

test('whatever interleaves and wherever a fetch begins and ends, committed records are shown and no others', () => {
  fc.assert(
    fc.property(steps, fc.nat(), fc.nat(), (taken, a, b) => {
      const { records, committed, aborted } = logOf(taken)
      const from = records.length === 0 ? 0 : a % records.length
      const to = from + (records.length === from ? 0 : (b % (records.length - from)) + 1)
      const fetched = records.slice(from, to)
      // A broker tells of those that overlap with what it sends, whether or not their markers are in it.
      const told = aborted.filter(({ firstOffset, lastOffset }) => lastOffset >= from && Number(firstOffset) < to)
      hideAborted(fetched, told)
      const shown = fetched.filter((record) => !record.isControlRecord).map(({ offset }) => Number(offset))
      const expected = fetched.map(({ offset }) => Number(offset)).filter((offset) => committed.has(offset))
      expect(shown).toEqual(expected)
    }),
  )
})
