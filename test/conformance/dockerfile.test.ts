import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root, trackedFiles } from '../tidy/tracked-files.ts'

interface Stage {
  readonly name: string
  readonly from: string
  readonly lines: readonly string[]
}

/** Its instructions without comments, stage by stage; one that goes on over several lines is one. */
function stagesOf(text: string): readonly Stage[] {
  const stages: { name: string; from: string; lines: string[] }[] = []
  for (const line of text
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((each) => each !== '' && !each.startsWith('#'))) {
    const from = /^FROM (\S+) AS (\S+)$/.exec(line)
    if (from !== null) stages.push({ name: from[2]!, from: from[1]!, lines: [] })
    else stages.at(-1)!.lines.push(line)
  }
  return stages
}

const stages = stagesOf(readFileSync(join(root, 'Dockerfile'), 'utf8'))
const last = stages.at(-1)!

test('every stage stands on one before it, or on one version of Node.js that we support', () => {
  const versions = new Set<string>()
  for (const [index, { name, from }] of stages.entries()) {
    if (stages.slice(0, index).some((stage) => stage.name === from)) continue
    expect(from, name).toMatch(/^node:\d+\.\d+\.\d+-bookworm-slim$/)
    versions.add(from)
  }
  expect(versions.size).toBe(1)
})

test('what is copied is there, and part of what is sent to the engine', () => {
  const ignore = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n')
  const sent = ignore.filter((line) => line.startsWith('!')).map((line) => line.slice(1))
  expect(
    ignore.find((line) => line !== '' && !line.startsWith('#')),
    'everything else is left out',
  ).toBe('*')
  const copies = stages.flatMap(({ lines }) => lines.filter((line) => /^COPY (?!--from)/.test(line)))
  expect(copies.length).toBeGreaterThan(0)
  for (const source of copies.flatMap((line) => line.split(' ').slice(1, -1))) {
    expect(
      trackedFiles.some((path) => path === source || path.startsWith(`${source}/`)),
      source,
    ).toBe(true)
    expect(
      sent.some((path) => source === path || source.startsWith(`${path}/`)),
      source,
    ).toBe(true)
  }
})

test('npm finds every workspace that its lock file names', () => {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: object }
  const folders = Object.keys(lock.packages).filter((path) => path !== '' && !path.includes('node_modules/'))
  const copied = stages
    .flatMap(({ lines }) => lines)
    .flatMap((line) => /^COPY (\S+\/package\.json) /.exec(line)?.[1] ?? [])
  expect(copied.sort()).toEqual(folders.map((path) => `${path}/package.json`).sort())
})

test('no package runs a script, and what runs in the end has no tools of development', () => {
  for (const line of stages.flatMap(({ lines }) => lines).filter((each) => /npm (ci|install)/.test(each)))
    expect(line).toContain('--ignore-scripts')
  const [packages] = last.lines.flatMap((line) => /^COPY --from=(\S+) \/app /.exec(line)?.[1] ?? [])
  expect(stages.find(({ name }) => name === packages)!.lines.join('\n')).toContain('npm ci --omit=dev')
})

test('the last stage is a user by number, says whether it lives, and runs the command', () => {
  // By name, Kubernetes could not tell that it is not root.
  expect(last.lines.filter((line) => line.startsWith('USER '))).toEqual(['USER 10001:10001'])
  const [health, ...more] = last.lines.filter((line) => line.startsWith('HEALTHCHECK '))
  expect(more).toEqual([])
  expect(health).toContain('/livez')
  expect(JSON.parse(/CMD (\[.*\])$/.exec(health!)![1]!)[0]).toBe('node')
  expect(last.lines.slice(-2)).toEqual(['ENTRYPOINT ["node", "/app/ostiary.js"]', 'CMD ["--help"]'])
})

test('nothing secret goes into a layer, and nothing is fetched by hand', () => {
  for (const line of stages.flatMap(({ lines }) => lines)) {
    expect(line).not.toMatch(/^(ARG|ENV) .*(PASSWORD|SECRET|TOKEN|KEY)/i)
    expect(line).not.toMatch(/^ADD |\bcurl\b|\bwget\b|\bapt-get\b/)
  }
})
