import fc from 'fast-check'
import { expect, it } from 'vitest'
import { CarriedBytes } from './carried-bytes.ts'

it('carries any remainder over any chunks', () => {
  const chunk = fc.tuple(fc.uint8Array({ maxLength: 50 }), fc.nat(100))
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 20 }), (chunks) => {
      const carried = new CarriedBytes()
      let expected: number[] = []
      for (const [bytes, percent] of chunks) {
        expected.push(...bytes)
        const joined = carried.join(Buffer.from(bytes))
        expect([...joined]).toEqual(expected)
        const from = Math.floor((expected.length * percent) / 100)
        carried.keep(joined, from)
        // What was joined stays as it is until the next join.
        expect([...joined]).toEqual(expected)
        expected = expected.slice(from)
      }
    }),
  )
})
