import fc from 'fast-check'

interface RecordShape {
  readonly type: 'record'
  readonly fields: readonly { readonly name: string; readonly type: unknown }[]
}

/** Any value of an Avro schema, of the kinds that our contracts use. */
export function avroValue(schema: unknown): fc.Arbitrary<unknown> {
  if (Array.isArray(schema)) return fc.oneof(...schema.map(avroValue))
  const type = typeof schema === 'string' ? schema : (schema as { type: string }).type
  switch (type) {
    case 'null':
      return fc.constant(null)
    case 'boolean':
      return fc.boolean()
    case 'int':
      return fc.integer()
    case 'long':
      // avsc writes a long by doubling it: past 2^52 the sign is lost. Times, offsets and counts stay far below.
      return fc.integer({ min: -(2 ** 52), max: 2 ** 52 - 1 })
    case 'double':
      return fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (Object.is(value, -0) ? 0 : value))
    case 'string':
      return fc.string({ unit: 'grapheme' })
    case 'bytes':
      return fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes))
    case 'enum':
      return fc.constantFrom(...(schema as { symbols: string[] }).symbols)
    case 'array':
      return fc.array(avroValue((schema as { items: unknown }).items), { maxLength: 3 })
    case 'record': {
      const fields = (schema as RecordShape).fields.map(({ name, type: of }) => [name, avroValue(of)] as const)
      return fc.record(Object.fromEntries(fields))
    }
    default:
      throw new TypeError(`Cannot make values of Avro type "${type}": add it here`)
  }
}
