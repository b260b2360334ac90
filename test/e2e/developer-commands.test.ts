import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { root } from '../tidy/tracked-files.ts'

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> }
/** Each with the program that takes its flags, as built. */
const programs: readonly (readonly [script: string, program: string])[] = [
  ['bench', 'bench/speed.js'],
  ['bench:attacks', 'bench/attacks.js'],
  ['bench:kafka', 'bench/kafka/kafka.js'],
  ['bench:quality', 'bench/quality.js'],
  ['dashboards:pictures', 'pictures/pictures.js'],
  ['fuzz', 'fuzz/fuzz.js'],
  ['soak', 'soak/soak.js'],
  ['torture', 'torture/torture.js'],
]

describe.each(programs)('npm run %s', (script, program) => {
  const ends = (...args: string[]) =>
    spawnSync(process.execPath, [join(root, 'test', 'dist', program), ...args], { encoding: 'utf8', timeout: 60_000 })

  test('tells its flags', () => {
    expect(scripts).toHaveProperty([script])
    const { status, stdout, stderr } = ends('--help')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toContain(`Usage: npm run ${script} -- [options]`)
  })

  test.each([['--nonsense'], ['more']])('refuses %s before it does anything', (arg) => {
    const { status, stdout, stderr } = ends(arg)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(/^error: (unknown option|too many arguments)/)
  })
})
