import { readdirSync, readFileSync } from 'node:fs'
import {
  artefactPieceSchema,
  censusSumsSchema,
  deadLetterSchema,
  eventScoreSchema,
  exhibitSchema,
  type Finding,
  markerSchema,
  stateManifestSchema,
} from '@ostiary/schemas'
import avro from 'avsc'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { accessEvent } from '../arbitraries/access-event.ts'
import { alert } from '../arbitraries/alert.ts'
import { avroValue } from '../arbitraries/avro-value.ts'

const folder = new URL('../../schemas/avro/', import.meta.url)

function typeOf(file: string): avro.Type {
  return avro.Type.forSchema(JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as avro.Schema)
}

/** A finding is an alert without what the desk added. */
const finding: fc.Arbitrary<Finding> = alert.map(({ disposition: _what, disposition_reason: _why, ...rest }) => rest)

const arbitraries: ReadonlyMap<string, fc.Arbitrary<object>> = new Map<string, fc.Arbitrary<object>>([
  ['access-event.avsc', accessEvent],
  ['alert.avsc', alert],
  ['artefact-piece.avsc', ofSchema(artefactPieceSchema)],
  ['census-sums.avsc', ofSchema(censusSumsSchema)],
  ['dead-letter.avsc', ofSchema(deadLetterSchema)],
  ['event-score.avsc', ofSchema(eventScoreSchema)],
  ['exhibit.avsc', ofSchema(exhibitSchema)],
  ['finding.avsc', finding],
  ['marker.avsc', ofSchema(markerSchema)],
  ['state-manifest.avsc', ofSchema(stateManifestSchema)],
])

function ofSchema(schema: object): fc.Arbitrary<object> {
  return avroValue(schema) as fc.Arbitrary<object>
}

test('every Avro file is tested', () => {
  expect(readdirSync(folder).sort()).toEqual([...arbitraries.keys()])
})

test.each([...arbitraries])('%s parses, and values come through it unchanged', (file, arbitrary) => {
  const type = typeOf(file)
  fc.assert(
    fc.property(arbitrary, (value) => {
      const bytes = type.toBuffer(value)
      // avsc gives instances of its own record classes: compared as data.
      expect(JSON.parse(JSON.stringify(type.fromBuffer(bytes)))).toEqual(JSON.parse(JSON.stringify(value)))
      expect(type.toBuffer(type.fromBuffer(bytes)).equals(bytes)).toBe(true)
    }),
    { numRuns: 200 },
  )
})

test.each([...arbitraries])('%s refuses a value of another type in any field', (file, arbitrary) => {
  const type = typeOf(file)
  const [value] = fc.sample(arbitrary, { numRuns: 1, seed: 3 })
  expect(type.isValid(value)).toBe(true)
  for (const key of Object.keys(value!)) expect(type.isValid({ ...value, [key]: /x/ }), key).toBe(false)
})
