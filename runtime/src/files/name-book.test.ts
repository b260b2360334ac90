import { createPseudonymiser } from '@ostiary/models'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { NameBook, nameLengthMax } from './name-book.ts'

it('learns from a pseudonymiser which name stands behind which pseudonym', () => {
  const book = new NameBook()
  const pseudonymise = createPseudonymiser({
    tenantUid: 'default',
    key: Buffer.alloc(32, 1),
    onName: (pseudonym, clear) => book.remember(pseudonym, clear),
  })
  const uid = pseudonymise('id', 'aws/person/ada@example.com', 'ada@example.com')
  expect(book.nameOf(uid)).toBe('ada@example.com')
  expect(book.nameOf(pseudonymise('ip', '192.0.2.1'))).toBe('192.0.2.1')
  expect(book.nameOf('id-00000000000000000000')).toBeUndefined()
  expect(book.nameOf('')).toBeUndefined()
})

it('forgets the oldest, and keeps what was told again', () => {
  const book = new NameBook({ namesMax: 3 })
  for (const name of ['a', 'b', 'c', 'a', 'd']) book.remember(`id-${name}`, name)
  expect(['a', 'b', 'c', 'd'].map((name) => book.nameOf(`id-${name}`))).toEqual(['a', undefined, 'c', 'd'])
})

it('does not let the many of one kind push out the few of another', () => {
  const book = new NameBook({ namesMax: 100 })
  for (let i = 0; i < 10; i++) book.remember(`id-${i}`, `person ${i}`)
  for (let i = 0; i < 1000; i++) book.remember(`res-${i}`, `bucket ${i}`)
  expect(book.size).toBe(100)
  for (let i = 0; i < 10; i++) expect(book.nameOf(`id-${i}`)).toBe(`person ${i}`)
  expect(book.nameOf('res-909')).toBeUndefined()
  expect(book.nameOf('res-910')).toBe('bucket 910')
})

it('never holds more than its bound, and the newest always', () => {
  const told = fc.tuple(fc.constantFrom('id', 'ip', 'res'), fc.nat(50), fc.string())
  fc.assert(
    fc.property(fc.array(told, { maxLength: 200 }), fc.integer({ min: 3, max: 20 }), (all, namesMax) => {
      const book = new NameBook({ namesMax })
      for (const [kind, number, name] of all) {
        book.remember(`${kind}-${number}`, name)
        expect(book.size).toBeLessThanOrEqual(namesMax)
        expect(book.nameOf(`${kind}-${number}`)).toBeDefined()
      }
      const held = ['id', 'ip', 'res'].flatMap((kind) =>
        Array.from({ length: 51 }, (_, n) => book.nameOf(`${kind}-${n}`)),
      )
      expect(held.filter((name) => name !== undefined)).toHaveLength(book.size)
    }),
  )
})

it('gives names that are safe to print', () => {
  const book = new NameBook()
  book.remember('id-1', 'ada\u001b[31m\r\n\u202eecila\u2028\u0085')
  expect(book.nameOf('id-1')).toBe('ada\ufffd[31m\ufffd\ufffd\ufffdecila\ufffd\ufffd')
  book.remember('id-2', 'Zoë Ångström 山田')
  expect(book.nameOf('id-2')).toBe('Zoë Ångström 山田')
  book.remember('id-3', 'x'.repeat(10_000))
  expect(book.nameOf('id-3')).toHaveLength(nameLengthMax)
})
