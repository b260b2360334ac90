import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@ostiary/runtime/kafka'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CommandFolder, commandFolder, expectCode, root } from './command.ts'

/** Packages that come from a registry, on a machine that does much else. */
const installMsMax = 300_000
/** What only training needs, and what only the enricher does. */
const heavy = { training: '@tensorflow', tables: '@ip-location-db' }

const commands = commandFolder()
const folder = mkdtempSync(join(tmpdir(), 'ostiary-image-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }), installMsMax)

/** The shell commands of the Dockerfile that make what an image holds, in their order. */
function stepsOf(dockerfile: string): readonly [prune: string, install: string] {
  const runs = dockerfile
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .flatMap((line) => /^RUN (.*)$/.exec(line)?.[1] ?? [])
  return [
    runs.find((step) => step.includes('turbo prune'))!,
    runs.find((step) => step.startsWith('npm ci') && step.includes('--omit=dev'))!,
  ]
}

/** Follows these steps as an engine would, but in a folder, upon what is compiled here. */
function make(service: string): string {
  const pruned = join(folder, service)
  const app = join(folder, `${service}-app`)
  const [prune, install] = stepsOf(readFileSync(join(root, 'Dockerfile'), 'utf8'))
  const env = { ...process.env, SERVICE: service, TURBO_TELEMETRY_DISABLED: '1' }
  execFileSync('sh', ['-ec', prune.replaceAll('/pruned', pruned)], { cwd: root, env, stdio: 'pipe' })
  cpSync(join(pruned, 'json'), app, { recursive: true })
  execFileSync('sh', ['-ec', install], { cwd: app, env, stdio: 'pipe', timeout: installMsMax })
  cpSync(join(pruned, 'built'), app, { recursive: true, verbatimSymlinks: true })
  return app
}

function run(app: string, args: readonly string[], env = {}): ReturnType<CommandFolder['startProgram']> {
  return commands.startProgram(process.execPath, [join(app, 'ostiary.js'), ...args], env)
}

describe.each([
  ['detector', []],
  ['enricher', [heavy.tables]],
] as const)('the image of the %s', (service, brings) => {
  let app: string
  beforeAll(() => {
    app = make(service)
  }, 2 * installMsMax)

  test('holds that service alone, and of the heavy packages only what it needs', () => {
    expect(readdirSync(join(app, 'services')).sort()).toEqual([service, 'launcher'])
    const there = Object.values(heavy).filter((scope) => existsSync(join(app, 'node_modules', scope)))
    expect(there).toEqual(brings)
    expect(existsSync(join(app, 'node_modules', 'vitest'))).toBe(false)
  })

  test('starts it by the same words as the whole command, and waits for what is away', async () => {
    const help = await run(app, ['run', service, '--help']).done
    expectCode(help, 0)
    expect(help.stdout).toContain('--registry-url')
    const key = join(folder, 'key')
    if (!existsSync(key)) execFileSync('sh', ['-c', `umask 077; echo ostiary-key-1 ${'0a'.repeat(32)} > '${key}'`])
    const running = run(app, ['run', service, ...(service === 'enricher' ? ['--key', key] : [])], {
      OSTIARY_BROKERS: `127.0.0.1:${await freePort()}`,
      OSTIARY_REGISTRY_URL: `http://127.0.0.1:${await freePort()}`,
      OSTIARY_LISTEN: '127.0.0.1:0',
    })
    const said = (): string => running.seen().stdout + running.seen().stderr
    await expect.poll(said, { timeout: 90_000 }).toMatch(/registry\.unavailable|kafka\.unavailable/)
    running.child.kill('SIGTERM')
    expectCode(await running.done, 0)
  })

  test('says that it has no other', async () => {
    const env = { OSTIARY_BROKERS: '127.0.0.1:1', OSTIARY_REGISTRY_URL: 'http://127.0.0.1:1' }
    const ran = await run(app, ['run', 'desk'], env).done
    expectCode(ran, 2)
    expect(ran.stderr).toContain('(platform.missing)')
    expect(ran.stderr).not.toContain('Defect')
  })
})
