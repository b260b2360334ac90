import { expect, test } from 'vitest'
import { errorPlace } from './error-place.ts'

test('tells where an error came about, and nothing that its message quotes', () => {
  const place = errorPlace(
    new RangeError('ada@example.com is out of range\n    at ada@example.com (secret)', { cause: 'ada' }),
  )
  expect(place.kind).toBe('RangeError')
  expect(place.at[0]).toContain('error-place.test')
  expect(JSON.stringify(place)).not.toContain('ada')
})

test('tells nothing of a message that was changed after its stack was written, and of what is no error only its type', () => {
  const error = new Error('ada')
  // Written when it is first asked for.
  expect(error.stack).toContain('ada')
  error.message = 'other'
  expect(errorPlace(error)).toEqual({ kind: 'Error', at: [] })
  expect(errorPlace('ada')).toEqual({ kind: 'string', at: [] })
})
