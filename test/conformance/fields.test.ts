import { fields, hash32 } from '@ostiary/models'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { accessEvent } from '../arbitraries/access-event.ts'

describe.each(fields.map((field) => [field.id, field] as const))('field %s', (_, field) => {
  it('hashes the text it gives', () => {
    fc.assert(
      fc.property(accessEvent, (event) => {
        const text = field.of(event)
        expect(field.hash(event)).toBe(text === '' ? 0 : hash32(text))
      }),
    )
  })
})
