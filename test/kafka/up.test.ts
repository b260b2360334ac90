import { connect as openSocket } from 'node:net'
import { dirname } from 'node:path'
import { defaultCacheFolder } from '@ostiary/runtime'
import { afterAll, expect, test } from 'vitest'
import { commandFolder, expectCode, linesOf, type Running } from '../e2e/command.ts'

const folder = commandFolder()
const upArgs = ['up', '--with', 'java', '--data', folder.at('up'), '--partitions', '1']
const freePorts = ['--broker-port', '0', '--registry-port', '0', '--collect-port', '0', '--listen-port', '0']
/** How long a broker, a registry and five services may take to start, on a machine that does much else. */
const startMsMax = 150_000
const patienceMs = 60_000
const testMsMax = 480_000

const begun: Running[] = []
afterAll(async () => {
  // A test that failed may have left it up.
  for (const { child, done } of begun) {
    if (child.exitCode === null) child.kill('SIGINT')
    await done
  }
})

interface Up {
  readonly running: Running
  readonly env: Readonly<Record<string, string>>
  /** Of everything that listens. */
  readonly ports: readonly number[]
}

async function startUp(): Promise<Up> {
  // The broker's program is fetched once a machine, not once a test.
  const running = folder.start([...upArgs, ...freePorts], {
    env: { XDG_CACHE_HOME: dirname(defaultCacheFolder(process.env)) },
  })
  begun.push(running)
  const isUp = expect
    .poll(() => running.seen().stdout, { timeout: startMsMax, interval: 200 })
    .toContain('Ctrl-C ends it')
  await Promise.race([isUp, running.done.then((ran) => expect(ran.stderr.slice(-3000)).toBe('still up'))])
  const { stdout } = running.seen()
  const settings = [...stdout.matchAll(/(OSTIARY_[A-Z_]+)=(\S+)/g)].map(([, name, value]) => [name!, value!] as const)
  const ports = [...stdout.matchAll(/127\.0\.0\.1:(\d+)/g)].map(([, port]) => Number(port))
  return { running, env: Object.fromEntries(settings), ports: [...new Set(ports)] }
}

/** Whether somebody listens. */
function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = openSocket({ host: '127.0.0.1', port })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

async function taken(ports: readonly number[]): Promise<number[]> {
  const states = await Promise.all(ports.map(isTaken))
  return ports.filter((_, index) => states[index])
}

async function alerts(env: Up['env']): Promise<string[]> {
  const ran = await folder.run(['alerts'], { env })
  expectCode(ran, 0)
  return linesOf(ran.stdout)
}

async function duplicates({ running }: Up): Promise<number> {
  const url = /enricher +(http\S+)/.exec(running.seen().stdout)![1]!
  const text = await (await fetch(url)).text()
  return Number(/^ostiary_duplicates_total (\d+)$/m.exec(text)?.[1] ?? '0')
}

async function end({ running, ports }: Up): Promise<void> {
  running.child.kill('SIGINT')
  const ran = await running.done
  expectCode(ran, 0)
  expect(ran.stderr).toContain('everything has ended')
  expect(await taken(ports)).toEqual([])
}

test(
  'up starts everything, ends all of it with Ctrl-C, and goes on with its data the next time',
  async () => {
    expectCode(await folder.run(['simulate', '--out', 'org.ndjson', '--identities', '40', '--days', '4']), 0)
    const first = await startUp()
    // Collector, broker, registry, and where each of the five services says how it is.
    expect(first.ports.length).toBe(8)
    expect(await taken(first.ports)).toEqual(first.ports)
    expectCode(await folder.run(['send', 'org.ndjson'], { env: first.env }), 0)
    await expect.poll(() => alerts(first.env), { timeout: patienceMs, interval: 1000 }).not.toEqual([])
    await end(first)
    const second = await startUp()
    const kept = await alerts(second.env)
    expect(kept.length).toBeGreaterThan(0)
    // The same records again are all known: what was learnt before the end is there.
    expectCode(await folder.run(['send', 'org.ndjson'], { env: second.env }), 0)
    const sent = folder.lines('org.ndjson').length
    await expect.poll(() => duplicates(second), { timeout: patienceMs, interval: 1000 }).toBe(sent)
    expect((await alerts(second.env)).slice(0, kept.length)).toEqual(kept)
    await end(second)
  },
  testMsMax,
)
