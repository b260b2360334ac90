import { accessEventSchema, alertSchema, findingSchema } from '@ostiary/schemas'

/** A field of one of our records: where it is in OCSF, what class of privacy it has, and its Avro type in words. */
export interface OcsfField {
  readonly name: string
  readonly type: string
  readonly ocsf: string
  readonly privacy: string
}

interface SchemaField {
  readonly name: string
  readonly type: unknown
  readonly ocsf?: string
  readonly privacy?: string
}

interface ComplexType {
  readonly type: string
  readonly name?: string
  readonly fields?: readonly SchemaField[]
  readonly items?: unknown
  readonly symbols?: readonly string[]
}

type RecordName = 'access_event' | 'finding' | 'alert'

const records: Readonly<Record<RecordName, { readonly fields: readonly object[] }>> = {
  access_event: accessEventSchema,
  finding: findingSchema,
  alert: alertSchema,
}

/** Every field of a record, those of nested records behind their own. */
export function ocsfFields(record: RecordName): readonly OcsfField[] {
  return fieldsOf(records[record].fields as readonly SchemaField[], '')
}

/** The OCSF paths of a record's fields that are values and not objects. */
export function ocsfPathsOf(record: RecordName): readonly string[] {
  return ocsfFields(record)
    .filter((field) => field.type !== 'record' && field.type !== 'array of record')
    .map((field) => field.ocsf)
}

function fieldsOf(fields: readonly SchemaField[], prefix: string): readonly OcsfField[] {
  return fields.flatMap((field) => {
    const name = `${prefix}${field.name}`
    const row = { name, type: typeWords(field.type), ocsf: field.ocsf ?? '', privacy: field.privacy ?? '' }
    const nested = nestedFields(field.type)
    const inside = row.type.startsWith('array') ? `${name}[].` : `${name}.`
    return [row, ...fieldsOf(nested, inside)]
  })
}

function isComplex(type: unknown): type is ComplexType {
  return type !== null && typeof type === 'object' && !Array.isArray(type)
}

function nestedFields(type: unknown): readonly SchemaField[] {
  if (!isComplex(type)) return []
  return type.fields ?? nestedFields(type.items)
}

function typeWords(type: unknown): string {
  if (typeof type === 'string') return type
  if (Array.isArray(type)) return type.map(typeWords).join(' or ')
  if (!isComplex(type)) return ''
  if (type.type === 'array') return `array of ${typeWords(type.items)}`
  return type.symbols === undefined ? type.type : type.symbols.join(', ')
}
