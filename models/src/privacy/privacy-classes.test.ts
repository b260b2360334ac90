import { accessEventSchema, alertSchema, findingSchema } from '@ostiary/schemas'
import { describe, expect, it } from 'vitest'
import { privacyClassesOf, pseudonymViolations } from './privacy-classes.ts'

describe('privacyClassesOf', () => {
  it.each([
    ['access event', accessEventSchema],
    ['finding', findingSchema],
    ['alert', alertSchema],
  ])('finds a class on every field of the %s', (_name, schema) => {
    const classes = privacyClassesOf(schema)
    const unclassed = [...classes].filter(([, privacy]) => privacy === undefined).map(([path]) => path)
    expect(unclassed).toEqual([])
    expect(classes.size).toBeGreaterThan(20)
  })

  it('has a pseudonym wherever the event could hold a person, a place or a thing of theirs', () => {
    const pseudonyms = [...privacyClassesOf(accessEventSchema)].filter(([, privacy]) => privacy === 'pseudonym')
    expect(pseudonyms.map(([path]) => path)).toEqual([
      'identity.uid',
      'identity.issuer_uid',
      'identity.peer_group',
      'session.uid',
      'session.credential_uid',
      'src.ip',
      'src.subnet_uid',
      'resources[].uid',
    ])
  })

  it('lists a field without a class, or with a word that is none', () => {
    const fields = [
      { name: 'a', type: 'string' },
      { name: 'b', type: 'string', privacy: 'public' },
    ]
    expect([...privacyClassesOf({ fields })]).toEqual([
      ['a', undefined],
      ['b', undefined],
    ])
  })
})

describe('pseudonymViolations', () => {
  const schema = {
    fields: [
      { name: 'who', type: 'string', privacy: 'pseudonym' },
      {
        name: 'things',
        privacy: 'plain',
        type: {
          type: 'array',
          items: { type: 'record', fields: [{ name: 'uid', type: 'string', privacy: 'pseudonym' }] },
        },
      },
    ],
  }

  it('names the fields that hold a clear value', () => {
    const good = { who: 'id-0123456789abcdef0123', things: [{ uid: '' }, { uid: 'res-0123456789abcdef0123' }] }
    expect(pseudonymViolations(schema, good)).toEqual([])
    expect(pseudonymViolations(schema, { who: 'ada', things: [] })).toEqual(['who'])
    expect(pseudonymViolations(schema, { who: '', things: [{ uid: 'x' }, { uid: 'y' }] })).toEqual([
      'things[].uid',
      'things[].uid',
    ])
    expect(pseudonymViolations(schema, { things: [] })).toEqual(['who'])
  })
})
