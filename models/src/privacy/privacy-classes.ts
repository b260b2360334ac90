import { pseudonymPattern } from './pseudonymise.ts'

/** `plain`: never personal. `pseudonym`: stands for a personal value; without the tenant's key nobody can tell which. */
export const privacyClasses = ['plain', 'pseudonym'] as const
export type PrivacyClass = (typeof privacyClasses)[number]

interface SchemaField {
  readonly name: string
  readonly type: unknown
  readonly privacy?: unknown
}

/**
 * The privacy class of every leaf of an Avro record schema, by its path (`identity.uid`, `resources[].uid`). A leaf without
 * a class, or with another word, is listed as `undefined`: such a schema must not be used.
 */
export function privacyClassesOf(schema: object): ReadonlyMap<string, PrivacyClass | undefined> {
  const classes = new Map<string, PrivacyClass | undefined>()
  for (const field of fieldsOf(schema)) collect(field.name, field.type, field.privacy, classes)
  return classes
}

/**
 * Paths at which a record holds something else than a pseudonym (or nothing) although its schema says `pseudonym`. An
 * empty list is the law for whatever leaves the process.
 */
export function pseudonymViolations(schema: object, record: object): readonly string[] {
  const violations: string[] = []
  for (const [path, privacy] of privacyClassesOf(schema)) {
    if (privacy !== 'pseudonym') continue
    for (const value of valuesAt(record, path.split('.'))) {
      if (value !== '' && !(typeof value === 'string' && pseudonymPattern.test(value))) violations.push(path)
    }
  }
  return violations
}

function collect(path: string, type: unknown, privacy: unknown, into: Map<string, PrivacyClass | undefined>): void {
  const inner = elementOf(type)
  const suffix = inner === type ? '' : '[]'
  const fields = fieldsOf(inner)
  if (fields.length === 0) {
    into.set(
      path,
      privacyClasses.find((name) => name === privacy),
    )
    return
  }
  for (const field of fields) collect(`${path}${suffix}.${field.name}`, field.type, field.privacy, into)
}

function elementOf(type: unknown): unknown {
  if (typeof type !== 'object' || type === null) return type
  const { type: name, items } = type as { type?: unknown; items?: unknown }
  return name === 'array' ? items : type
}

function fieldsOf(type: unknown): readonly SchemaField[] {
  if (typeof type !== 'object' || type === null) return []
  const { fields } = type as { fields?: unknown }
  return Array.isArray(fields) ? (fields as readonly SchemaField[]) : []
}

function valuesAt(value: unknown, path: readonly string[]): readonly unknown[] {
  const [step, ...rest] = path
  if (step === undefined) return Array.isArray(value) ? value : [value]
  if (typeof value !== 'object' || value === null) return []
  const isList = step.endsWith('[]')
  const member = (value as Record<string, unknown>)[isList ? step.slice(0, -2) : step]
  if (!isList) return valuesAt(member, rest)
  return Array.isArray(member) ? member.flatMap((item) => valuesAt(item, rest)) : []
}
