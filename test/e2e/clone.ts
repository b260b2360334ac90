import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * `npm run test:clone`: what somebody gets who clones the last commit and installs it, with nothing else at hand. It must
 * build by itself, and the command must run from any folder inside.
 */
const root = fileURLToPath(new URL('../../../', import.meta.url))

function main(): void {
  const folder = mkdtempSync(join(tmpdir(), 'ostiary-clone-'))
  const clone = join(folder, 'clone')
  const data = { XDG_DATA_HOME: join(folder, 'data'), XDG_CACHE_HOME: join(folder, 'cache') }
  const run = (cwd: string, program: string, ...args: string[]): string => {
    console.log(`$ ${program} ${args.join(' ')}`)
    return execFileSync(program, args, { cwd, env: { ...process.env, ...data }, encoding: 'utf8', maxBuffer: 1 << 28 })
  }
  try {
    run(folder, 'git', 'clone', '--quiet', root, clone)
    run(clone, 'npm', 'ci', '--no-audit', '--no-fund')
    const below = join(clone, 'docs')
    const { version } = JSON.parse(readFileSync(join(clone, 'services', 'cli', 'package.json'), 'utf8')) as {
      readonly version: string
    }
    const told = run(below, 'npx', 'ostiary', '--version').trim()
    if (told !== version) throw new Error(`"npx ostiary --version" says "${told}", its package "${version}"`)
    const work = join(folder, 'work')
    mkdirSync(work)
    const records = join(work, 'records')
    run(below, 'npx', 'ostiary', 'simulate', '--identities', '20', '--days', '6', '--out', records)
    const alerts = run(below, 'npx', 'ostiary', 'scan', records)
    if (!alerts.includes('"class_uid":2004')) throw new Error('a scan of the invented organisation found nothing')
    const changed = run(clone, 'git', 'status', '--porcelain')
    if (changed !== '') throw new Error(`installing changed files of the clone:\n${changed}`)
    console.log(`ostiary ${told} works in a fresh clone, and leaves it clean`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

main()
