import type { AccessLevel } from '@ostiary/schemas'
import { OstiaryError } from '@ostiary/schemas'
import type { AccessLevelTable } from './access-level.ts'

const levels: ReadonlySet<string> = new Set(['list', 'read', 'write', 'permissions', 'tagging'] satisfies AccessLevel[])

/**
 * Reads the compact text of AWS access levels: lines of `prefix TAB level TAB action,action,…`, each ended by a newline.
 *
 * @throws OstiaryError `table.invalid` with the line's number
 */
export function parseAccessLevels(text: string): AccessLevelTable {
  const table = new Map<string, Map<string, AccessLevel>>()
  const lines = text.split('\n')
  if (lines.pop() !== '') throw invalid(lines.length + 1, 'it does not end with a newline')
  lines.forEach((line, at) => {
    const [prefix = '', level = '', actions = '', ...more] = line.split('\t')
    if (prefix === '' || !levels.has(level) || actions === '' || more.length > 0) {
      throw invalid(at + 1, 'it is not prefix, level and actions')
    }
    const byAction = table.get(prefix) ?? new Map<string, AccessLevel>()
    for (const action of actions.split(',')) byAction.set(action, level as AccessLevel)
    table.set(prefix, byAction)
  })
  return table
}

function invalid(line: number, what: string): OstiaryError {
  return new OstiaryError('table.invalid', `Cannot read line ${line} of the access levels: ${what}`)
}
