import { ByteWriter } from '@ostiary/models'
import { expect, it } from 'vitest'
import { stateSizesOf } from './state-sizes.ts'

it('reads the length of each state and nothing else', () => {
  const writer = new ByteWriter()
  writer.u32(2)
  for (const [uid, size] of [
    ['id-1', 300],
    ['id-2', 7],
  ] as const) {
    writer.text(uid)
    writer.bytes(new Uint8Array(size))
  }
  expect(stateSizesOf(writer.finish())).toEqual([7, 300])
})
