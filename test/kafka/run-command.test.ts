import { expect, test } from 'vitest'
import { commandFolder, expectCode, type Running } from '../e2e/command.ts'
import { freshPrefix, kafkaForTests } from './harness.ts'

const folder = commandFolder()

async function envOf(): Promise<Record<string, string>> {
  const { brokers, registryUrl } = await kafkaForTests()
  return { OSTIARY_BROKERS: brokers, OSTIARY_REGISTRY_URL: registryUrl, OSTIARY_TOPIC_PREFIX: freshPrefix() }
}

/** The log lines of a service so far. */
function linesOf(
  text: string,
): { readonly msg: string; readonly level: string; readonly address?: string; readonly code?: string }[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line))
}

/** Where a service says how it is; rejects until it told. */
function addressOf({ seen }: Running): string {
  const told = linesOf(seen().stderr).find(({ address }) => address !== undefined)
  if (told?.address === undefined) throw new Error(`No address yet: ${seen().stderr.slice(-500)}`)
  return told.address
}

test.each(['SIGTERM', 'SIGINT'] as const)('a service runs until %s, says how it is, and ends in order', async (end) => {
  const env = await envOf()
  expectCode(await folder.run(['topics', 'apply', '--partitions', '1'], { env }), 0)
  const desk = folder.start(['run', 'desk', '--listen', '127.0.0.1:0'], { env })
  const said = async (path: string): Promise<Response> => fetch(`http://${addressOf(desk)}/${path}`)
  await expect.poll(async () => (await said('readyz')).status, { timeout: 60_000 }).toBe(200)
  expect((await said('livez')).status).toBe(200)
  const metrics = await (await said('metrics')).text()
  expect(metrics).toMatch(/^ostiary_build_info\{version="\d+\.\d+\.\d+"\} 1$/m)
  desk.child.kill(end)
  const ran = await desk.done
  expectCode(ran, 0)
  expect(ran.stdout).toBe('')
  expect(linesOf(ran.stderr).at(-1)).toMatchObject({ level: 'info', msg: 'ended' })
})

test('a service whose topics are missing says what makes them, and goes on once they are there', async () => {
  const env = await envOf()
  const desk = folder.start(['run', 'desk', '--listen', '127.0.0.1:0'], { env })
  const reasons = (): unknown[] => linesOf(desk.seen().stderr).map(({ code }) => code)
  await expect.poll(reasons, { timeout: 60_000 }).toContain('topics.invalid')
  expect(desk.seen().stderr).toContain('ostiary topics apply')
  expectCode(await folder.run(['topics', 'apply', '--partitions', '1'], { env }), 0)
  const isReady = async (): Promise<number> => (await fetch(`http://${addressOf(desk)}/readyz`)).status
  await expect.poll(isReady, { timeout: 90_000 }).toBe(200)
  desk.child.kill('SIGTERM')
  expectCode(await desk.done, 0)
})

test.each([
  ['brokers', { OSTIARY_REGISTRY_URL: 'http://127.0.0.1:1' }],
  ['registryUrl', { OSTIARY_BROKERS: '127.0.0.1:1' }],
])('a service without %s says what to set and does not wait for it', async (setting, env) => {
  const ran = await folder.run(['run', 'desk'], { env })
  expectCode(ran, 2)
  expect(ran.stderr).toContain(`Set "${setting}"`)
  expect(ran.stderr).not.toContain('Defect')
})
