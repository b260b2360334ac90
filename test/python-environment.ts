import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const installMsMax = 300_000
const cure =
  'Install Python 3 with venv and pip (Debian: apt-get install python3 python3-venv), and let pip reach a package index'

/**
 * A Python that has what a requirements file names, in an environment of its own that is kept for the next run.
 *
 * @throws Error that says what to install
 */
export async function pythonWith(requirements: string): Promise<string> {
  const hash = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex')
    .slice(0, 16)
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'ostiary')
  const folder = join(cache, `python-${hash}`)
  const python = join(folder, 'bin', 'python')
  const done = join(folder, 'installed')
  if (existsSync(done)) return python
  try {
    await rm(folder, { recursive: true, force: true })
    await mkdir(cache, { recursive: true, mode: 0o700 })
    await run('python3', ['-m', 'venv', folder], { timeout: installMsMax })
    const options = ['--quiet', '--disable-pip-version-check', '--no-input', '--only-binary', ':all:']
    await run(python, ['-m', 'pip', 'install', ...options, '--requirement', requirements], { timeout: installMsMax })
    await mkdir(`${done}.part`)
    await rename(`${done}.part`, done)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.slice(0, 2000) : String(cause)
    throw new Error(`This test needs Python with what ${requirements} names. ${cure}. ${why}`, { cause })
  }
  return python
}
