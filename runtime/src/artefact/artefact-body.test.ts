import { expect, test } from 'vitest'
import { packArtefact, unpackArtefact } from './artefact-body.ts'
import { wholeModelOf } from './model-store.ts'
import { sampleModel } from './sample-models.ts'

test('an artefact comes through its body, byte for byte', async () => {
  const { id, bytes } = await sampleModel(7)
  const body = packArtefact(bytes)
  const unpacked = unpackArtefact(body)
  expect(packArtefact(unpacked).equals(body)).toBe(true)
  expect(wholeModelOf({ bytes: unpacked, signature: undefined }).id).toBe(id)
})

test('a body that is cut, longer, or something else is refused', async () => {
  const body = packArtefact((await sampleModel(7)).bytes)
  for (const wrong of [
    Buffer.alloc(0),
    Buffer.from('x'),
    Buffer.alloc(64, 0xff),
    body.subarray(0, body.length - 1),
    body.subarray(1),
    Buffer.concat([body, Buffer.from('x')]),
  ])
    expect(() => unpackArtefact(wrong)).toThrow(expect.objectContaining({ code: 'model.invalid' }))
})
