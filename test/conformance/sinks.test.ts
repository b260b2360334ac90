import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { type AlertLine, createLogger, type ForwardingSink, type Sink, sinks } from '@ostiary/runtime'
import type { Alert } from '@ostiary/schemas'
import fc from 'fast-check'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { alert as anyAlert } from '../arbitraries/alert.ts'
import { Alertmanager } from '../receivers/alertmanager.ts'
import { Rsyslog } from '../receivers/rsyslog.ts'
import { WebhookReceiver } from '../receivers/webhook-receiver.ts'

const folder = mkdtempSync(join(tmpdir(), 'ostiary-sinks-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const line: AlertLine = ({ finding_uid, revision, score }) => JSON.stringify({ finding_uid, revision, score })

/** A sink at work, and what reached its other side. */
interface Bench {
  readonly sink: Sink
  /** Lines of what the other side holds to be true once the sink has closed: by score, then by id. */
  readonly arrived: () => readonly string[] | Promise<readonly string[]>
}

const log = createLogger({ level: 'error', service: 'test', version: '0' })
const secret = 'a secret of enough bytes'
let files = 0
let manager: Alertmanager | undefined
let rsyslog: Rsyslog | undefined
afterAll(async () => {
  await manager?.close()
  await rsyslog?.close()
})

/** The whole lines of a text. */
function linesOf(text: string): string[] {
  expect(text === '' || text.endsWith('\n')).toBe(true)
  return text.split('\n').slice(0, -1)
}

/**
 * What is true for who was sent revisions one by one: of each finding the last. None may come twice, nor an older one after
 * a newer one.
 */
function truthOf(passed: readonly string[]): string[] {
  const last = new Map<string, { readonly revision: number; readonly score: number; readonly text: string }>()
  for (const text of passed) {
    const { finding_uid: uid, revision, score } = JSON.parse(text)
    expect(revision, `after revision ${last.get(uid)?.revision}`).toBeGreaterThan(last.get(uid)?.revision ?? 0)
    last.set(uid, { revision, score, text })
  }
  return [...last].sort(([idA, a], [idB, b]) => b.score - a.score || (idA < idB ? -1 : 1)).map(([, { text }]) => text)
}

/** Of a sink that passes alerts on. */
interface Bounds {
  readonly waitingMax?: number
}

/** How to set up each sink of the registry. A new sink needs a line here. */
const benches = {
  file: () => {
    files += 1
    const path = join(folder, `alerts-${files}`)
    const arrived = (): string[] => linesOf(existsSync(path) ? readFileSync(path, 'utf8') : '')
    return { sink: sinks.file(path, line), arrived }
  },
  stdout: () => {
    const stream = new SlowStream(64)
    return { sink: sinks.stdout(line, stream), arrived: () => linesOf(stream.taken) }
  },
  webhook: async (bounds: Bounds = {}) => {
    const receiver = await WebhookReceiver.open(secret)
    const arrived = async (): Promise<string[]> => {
      await receiver.close()
      expect(receiver.received.filter(({ signed }) => !signed)).toEqual([])
      return truthOf(receiver.received.map(({ body }) => body))
    }
    return { sink: sinks.webhook(line, { url: receiver.url, secret, log, ...bounds }), arrived }
  },
  alertmanager: async (bounds: Bounds = {}) => {
    manager ??= await Alertmanager.open()
    const { url, alertsOf } = { url: manager.url, alertsOf: (of: string) => manager!.alertsOf(of) }
    files += 1
    const tenant = `tenant-${files}`
    const sink = sinks.alertmanager({ url, log, ...bounds })
    const arrived = async (): Promise<string[]> =>
      (await alertsOf(tenant))
        .map(({ labels, annotations: { revision, score } }) => ({
          finding_uid: labels['finding_uid']!,
          revision: Number(revision),
          score: Number(score),
        }))
        .sort((a, b) => b.score - a.score || (a.finding_uid < b.finding_uid ? -1 : 1))
        .map((fields) => JSON.stringify(fields))
    // One server for all: each sink has a tenant of its own there.
    const write = (alert: Alert) => sink.write({ ...alert, tenant_uid: tenant })
    return { sink: { ...sink, write }, arrived }
  },
  syslog: async (bounds: Bounds = {}) => {
    rsyslog ??= await Rsyslog.open()
    const { urls } = rsyslog
    files += 1
    // One server for all: each sink is a host of its own there.
    const host = `host-${files}`
    const arrived = (): string[] =>
      truthOf(
        rsyslog!
          .messagesOf(host)
          .map(({ cef: { extension } }) => extension)
          .map(({ externalId, cn1, cfp1 }) =>
            JSON.stringify({ finding_uid: externalId, revision: Number(cn1), score: Number(cfp1) }),
          ),
      )
    return { sink: sinks.syslog({ url: urls.tcp, hostname: host, productVersion: '0', log, ...bounds }), arrived }
  },
  rotating_file: (bounds: Bounds = {}) => {
    files += 1
    const path = join(folder, `alerts-${files}`)
    const sink = sinks.rotating_file(path, line, { log, fileBytesMax: 65_536, filesMax: 20, ...bounds })
    // The oldest has the highest number.
    const written = (): string[] =>
      [...Array(20).keys()].map((n) => (n === 0 ? path : `${path}.${n}`)).filter((file) => existsSync(file))
    return {
      sink,
      arrived: () =>
        truthOf(
          linesOf(
            written()
              .reverse()
              .map((file) => readFileSync(file, 'utf8'))
              .join(''),
          ),
        ),
    }
  },
} satisfies Readonly<Record<keyof typeof sinks, (bounds?: Bounds) => Bench | Promise<Bench>>>

/** A reader that takes one piece a turn of the event loop. */
class SlowStream extends Writable {
  taken = ''
  waitingBytesMax = 0

  constructor(highWaterMark: number) {
    super({ highWaterMark, decodeStrings: true })
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.waitingBytesMax = Math.max(this.waitingBytesMax, this.writableLength)
    setImmediate(() => {
      this.taken += chunk.toString('utf8')
      done()
    })
  }
}

const [template] = fc.sample(anyAlert, { numRuns: 1, seed: 1 })

function alertOf(uid: string, revision: number, score: number): Alert {
  return { ...template!, finding_uid: uid, revision, score, activity: 'update', disposition: 'page' }
}

function isForwarding(sink: Sink): sink is ForwardingSink {
  return 'flush' in sink
}

async function sent(bench: Bench, alerts: readonly Alert[]): Promise<string[]> {
  for (const alert of alerts) await bench.sink.write(alert)
  await bench.sink.close()
  return [...(await bench.arrived())]
}

/** Alerts with few ids, so that revisions meet, in any order and repeated. */
const alerts = fc.array(
  fc
    .tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: 1, max: 5 }))
    // The score of a revision is always the same one.
    .map(([uid, revision]) => alertOf(uid, revision, (uid.charCodeAt(0) * 7 + revision * 13) % 11)),
  { maxLength: 40 },
)

describe.each(Object.entries(benches))('sink %s', (id, open: (bounds?: Bounds) => Bench | Promise<Bench>) => {
  test('has the id it is registered under', async () => {
    const { sink, arrived } = await open()
    expect(sink.id).toBe(id)
    await sink.close()
    await arrived()
  })

  test('is idempotent by id and revision: the highest counts, in whatever order and however often they come', async () => {
    await fc.assert(
      fc.asyncProperty(alerts, async (some) => {
        const last = new Map<string, Alert>()
        for (const alert of some)
          if ((last.get(alert.finding_uid)?.revision ?? 0) < alert.revision) last.set(alert.finding_uid, alert)
        const expected = [...last.values()].sort(
          (a, b) => b.score - a.score || (a.finding_uid < b.finding_uid ? -1 : 1),
        )
        expect(await sent(await open(), some)).toEqual(expected.map(line))
      }),
      { numRuns: 60 },
    )
  })

  test('an older revision after a newer one changes nothing, nor does a repeat with another content', async () => {
    const given = [alertOf('a', 3, 5), alertOf('a', 2, 9), alertOf('a', 3, 7)]
    expect(await sent(await open(), given)).toEqual([line(given[0]!)])
  })

  test('has everything written when close resolves, more than fits into its buffers', async () => {
    const bench = await open()
    // Those that pass alerts on hold a thousand, the others a buffer of bytes.
    const length = isForwarding(bench.sink) ? 2500 : 12_000
    const many = Array.from({ length }, (_, i) => alertOf(`finding-${i}`, 1, i % 97))
    const lines = await sent(bench, many)
    expect(lines.length).toBe(many.length)
    expect(new Set(lines)).toEqual(new Set(many.map(line)))
  })

  test('pushes back: writes no more ahead of the other side than its bound', async () => {
    const bench = await open({ waitingMax: 10 })
    // The others hold everything in a file of their own, or are held to it below.
    if (!isForwarding(bench.sink)) return void (await sent(bench, []))
    let written = 0
    for (const alert of Array.from({ length: 200 }, (_, i) => alertOf(`finding-${i}`, 1, i))) {
      await bench.sink.write(alert)
      written += 1
      expect(written - bench.sink.counts.sent).toBeLessThanOrEqual(10)
    }
    await bench.sink.flush()
    expect(bench.sink.counts).toMatchObject({ sent: 200, refused: 0, lost: 0 })
    expect((await sent(bench, [])).length).toBe(200)
  })

  test('without alerts closes without a line', async () => {
    expect(await sent(await open(), [])).toEqual([])
  })

  test('leaves nothing behind but its output', async () => {
    const temporary = mkdtempSync(join(folder, 'alerts-temporary-'))
    vi.stubEnv('TMPDIR', temporary)
    try {
      expect(tmpdir()).toBe(temporary)
      await sent(await open(), [alertOf('a', 1, 1)])
    } finally {
      vi.unstubAllEnvs()
    }
    expect(readdirSync(temporary)).toEqual([])
    expect(readdirSync(folder).filter((name) => !name.startsWith('alerts-'))).toEqual([])
  })
})

/** Bytes of lines that are handed to standard output at a time. */
const blockBytes = 262_144

test('standard output is not filled faster than its reader takes', async () => {
  const stream = new SlowStream(256)
  const wide: AlertLine = (alert) => line(alert).padEnd(10_000)
  const sink = sinks.stdout(wide, stream)
  for (let i = 0; i < 200; i++) await sink.write(alertOf(`finding-${i}`, 1, i))
  await sink.close()
  expect(stream.waitingBytesMax).toBeLessThanOrEqual(256 + blockBytes)
  expect(stream.waitingBytesMax).toBeGreaterThan(0)
  expect(linesOf(stream.taken)).toHaveLength(200)
})
