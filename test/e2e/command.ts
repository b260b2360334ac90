import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect } from 'vitest'

/** The checkout, found from the sources and from what the compiler makes of them. */
export const root: string = fileURLToPath(
  new URL(import.meta.url.includes('/dist/') ? '../../../' : '../../', import.meta.url),
)
/** How long a test file may take to make its inputs, on a machine that does much else. */
export const setUpMs = 120_000
export const bin: string = join(root, 'services', 'cli', 'bin', 'ostiary.js')

/** What a run of the command came to. */
export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly input?: string | Buffer
  readonly env?: Readonly<Record<string, string>>
}

/** A run that is under way. */
export interface Running {
  readonly child: ChildProcess
  /** What came on standard output and error so far. */
  readonly seen: () => Ran
  readonly done: Promise<Ran>
}

/** The built command at work in a temporary folder, with its data in there too. */
export interface CommandFolder {
  readonly path: string
  /** A path inside. */
  at(...names: string[]): string
  run(args: readonly string[], options?: RunOptions): Promise<Ran>
  start(args: readonly string[], options?: RunOptions): Running
  /** Another program, in the same surroundings. */
  startProgram(program: string, args: readonly string[], env?: Readonly<Record<string, string>>): Running
  text(name: string): string
  lines(name: string): string[]
}

/** Makes a folder for one test file, and builds the command if its sources are newer. Removed at the end. */
export function commandFolder(): CommandFolder {
  // Does nothing where all is built; without it the tests would hold what was built some day.
  execFileSync(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-b', 'services/cli'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const path = mkdtempSync(join(tmpdir(), 'ostiary-e2e-'))
  const children: ChildProcess[] = []
  afterAll(() => {
    // Where a test fails, what it started would go on for good.
    for (const child of children) child.kill('SIGKILL')
    rmSync(path, { recursive: true, force: true })
  })
  mkdirSync(join(path, 'data'))
  const at = (...names: string[]): string => join(path, ...names)
  const startProgram: CommandFolder['startProgram'] = (program, args, env = {}) => {
    const child = spawn(program, args, {
      cwd: path,
      env: { PATH: process.env['PATH'], HOME: path, XDG_DATA_HOME: at('data'), XDG_CACHE_HOME: at('cache'), ...env },
    })
    children.push(child)
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
    // A command that needs no input may end before it took all.
    child.stdin.on('error', () => undefined)
    const seen = (): Ran => ({
      code: child.exitCode,
      stdout: Buffer.concat(out).toString('utf8'),
      stderr: Buffer.concat(err).toString('utf8'),
    })
    const done = new Promise<Ran>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', () => resolve(seen()))
    })
    return { child, seen, done }
  }
  const start: CommandFolder['start'] = (args, { input, env } = {}) => {
    const running = startProgram(process.execPath, [bin, ...args], env)
    if (input !== undefined) running.child.stdin!.end(input)
    return running
  }
  return {
    path,
    at,
    start,
    startProgram,
    run: (args, options = {}) => start(args, { input: '', ...options }).done,
    text: (name) => readFileSync(at(name), 'utf8'),
    lines: (name) => linesOf(readFileSync(at(name), 'utf8')),
  }
}

/** Lines of a text, of which each must be complete. */
export function linesOf(text: string): string[] {
  if (text === '') return []
  expect(text.endsWith('\n'), 'the last line is complete').toBe(true)
  return text.slice(0, -1).split('\n')
}

export type Json = { readonly [key: string]: unknown }

export function jsonLines(text: string): Json[] {
  return linesOf(text).map((line) => JSON.parse(line) as Json)
}

/** Fails with what the command said, unless it ended as expected. */
export function expectCode(ran: Ran, code: number): void {
  expect(ran.code, ran.stderr.slice(-2000)).toBe(code)
}

/** The numbers of a scan, from the last line of its standard error. */
export function summaryOf(ran: Ran): Json {
  return JSON.parse(linesOf(ran.stderr).at(-1)!) as Json
}

/** The sum that has to be `records`: everything read became one of these. */
export function accounted(summary: Json): number {
  const number = (key: string): number => summary[key] as number
  const rejected = Object.values(summary['rejected'] as Record<string, number>)
  return (
    number('scored') +
    number('late') +
    number('duplicates') +
    number('filtered') +
    rejected.reduce((sum, count) => sum + count, 0)
  )
}
