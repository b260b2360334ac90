import fc from 'fast-check'
import { Partitioners } from 'kafkajs'
import { expect, test } from 'vitest'
import { keyPartition } from './key-partition.ts'

test('gives every key the partition that other clients give it', () => {
  const partitioner = Partitioners.DefaultPartitioner()
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 200 }), (key, partitions) => {
      const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({ partitionId })) as never
      const message = { key: Buffer.from(key, 'utf8'), value: null }
      fc.pre(message.key.length > 0)
      expect(keyPartition(key, partitions)).toBe(partitioner({ topic: 't', partitionMetadata, message }))
    }),
  )
})
