import fc from 'fast-check'
import { expect, it } from 'vitest'
import { EventHeap } from './event-heap.ts'

it('gives back what it holds by time, and by order at equal times', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(20), fc.boolean()), { maxLength: 200 }), (draws) => {
      const heap = new EventHeap<{ atMs: number; order: number }>()
      const model: { atMs: number; order: number }[] = []
      draws.forEach(([atMs, replaces], order) => {
        const item = { atMs, order }
        if (replaces && model.length > 0) {
          heap.replaceFirst(item)
          model.shift()
        } else heap.push(item)
        model.push(item)
        model.sort((a, b) => a.atMs - b.atMs || a.order - b.order)
        expect(heap.peek()).toEqual(model[0])
        expect(heap.size).toBe(model.length)
      })
      expect(Array.from({ length: heap.size }, () => heap.pop())).toEqual(model)
      expect(heap.pop()).toBeUndefined()
    }),
  )
})
