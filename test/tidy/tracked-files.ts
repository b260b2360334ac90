import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's root folder, with a slash at its end. */
export const root: string = fileURLToPath(new URL('../../', import.meta.url))

/** What git would ignore, for a copy of the sources that has no git. */
const ignored = /^(node_modules|dist|\.git|\.turbo|\.ostiary|coverage|out)$|\.(tsbuildinfo|key)$/

function walk(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (ignored.test(entry.name)) return []
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    return entry.isDirectory() ? walk(path) : [path]
  })
}

function listFiles(): string[] {
  try {
    const text = execFileSync('git', ['ls-files', '-z'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return text.split('\0').filter((path) => path !== '' && existsSync(join(root, path)))
  } catch {
    return walk('')
  }
}

/** Every file of the repository, by its path from the root: what git tracks, or all but build products without git. */
export const trackedFiles: readonly string[] = listFiles()

/** The text of a tracked file; `undefined` for a binary one. */
export function textOf(path: string): string | undefined {
  const bytes = readFileSync(join(root, path))
  return bytes.includes(0) ? undefined : bytes.toString('utf8')
}

/** The program files among the tracked ones. */
export const sourceFiles: readonly string[] = trackedFiles.filter((path) => /\.(ts|mts|cts|js|mjs|cjs|tsx)$/.test(path))

/** Whether a path is a test's, or data and builders that only tests use. */
export function isTestFile(path: string): boolean {
  return /\.test\.ts$/.test(path) || path.includes('/fixtures/')
}
