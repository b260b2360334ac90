import { parseDocument } from 'yaml'

/** Aliases that are followed, against documents that unfold without end. */
const aliasesMax = 100

/**
 * The keys and values of a configuration file, or a list of what is wrong with it. JSON is read as the YAML it is, so
 * that a key given twice is found in both. A file with nothing in it sets nothing.
 */
export function parseConfigFile(text: string): ReadonlyMap<string, unknown> | readonly string[] {
  let value: unknown
  try {
    const document = parseDocument(text, { prettyErrors: true })
    const problems = [...document.errors, ...document.warnings]
    // The lines after the first draw the place again.
    if (problems.length > 0) return problems.map(({ message }) => message.split('\n', 1)[0]!.replace(/:$/, ''))
    value = document.toJS({ maxAliasCount: aliasesMax })
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  }
  if (value === null || value === undefined) return new Map()
  if (typeof value !== 'object' || Array.isArray(value)) return ['is no list of "key: value" lines']
  return new Map(Object.entries(value))
}
