import { execFileSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Alert } from '@ostiary/schemas'
import { pino } from 'pino'
import { afterEach, expect, test } from 'vitest'
import { type WebhookOptions, webhookSink } from './webhook-sink.ts'

const secret = 'a secret of enough bytes'
const log = pino({ level: 'silent' })
const line = ({ finding_uid: uid, revision }: Alert): string => JSON.stringify({ uid, revision, words: 'é|"\\' })

type Handler = (response: ServerResponse, request: IncomingMessage, body: string) => void

interface Request {
  readonly key: string
  readonly signature: string
  readonly body: string
}

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return (server.address() as AddressInfo).port
}

/** Answers each request as the next of `handlers` says, and 204 when there are no more. */
function answering(handlers: Handler[], seen: Request[]): RequestListener {
  return (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8')
      const { 'idempotency-key': key, 'ostiary-signature': signature } = request.headers
      seen.push({ key: String(key), signature: String(signature), body })
      const handler = handlers.shift()
      if (handler === undefined) response.writeHead(204).end()
      else handler(response, request, body)
    })
  }
}

async function server(...handlers: Handler[]): Promise<{ url: string; seen: Request[] }> {
  const seen: Request[] = []
  const port = await listening(createServer(answering(handlers, seen)))
  return { url: `http://127.0.0.1:${port}/hook?token=of-the-path`, seen }
}

function optionsOf(url: string, more: Partial<WebhookOptions> = {}): WebhookOptions {
  return { url, secret, log, retryFirstMs: 1, retryMaxMs: 2, ...more }
}

function alertOf(uid: string, revision = 1): Alert {
  return { finding_uid: uid, revision } as Alert
}

const status =
  (code: number, headers: Record<string, string> = {}): Handler =>
  (response) =>
    void response.writeHead(code, headers).end('words of the receiver')

test('posts the line, signed with the time, under a key of finding and revision', async () => {
  const { url, seen } = await server()
  const sink = webhookSink(line, optionsOf(url))
  await sink.write(alertOf('f-1', 3))
  await sink.close()
  expect(seen.map(({ key, body }) => [key, body])).toEqual([['f-1.3', line(alertOf('f-1', 3))]])
  const [, time, mac] = /^t=(\d{10}),v1=([0-9a-f]{64})$/.exec(seen[0]!.signature)!
  expect(mac).toBe(createHmac('sha256', secret).update(`${time}.${seen[0]!.body}`).digest('hex'))
  expect(sink.counts).toMatchObject({ sent: 1, refused: 0, retries: 0 })
})

test('a finding of any name gives a key that a header can hold', async () => {
  const { url, seen } = await server()
  const sink = webhookSink(line, optionsOf(url))
  await sink.write(alertOf('a b\r\n✓%', 1))
  await sink.close()
  expect(seen.map(({ key }) => key)).toEqual(['a%20b%0D%0A%E2%9C%93%25.1'])
})

test('tries again what may pass: 500, 429, 408, a connection that is closed, an answer that never comes', async () => {
  const { url, seen } = await server(
    status(500),
    status(503),
    status(429),
    status(408),
    (_response, request) => void request.socket.destroy(),
    () => undefined,
  )
  const away: string[] = []
  const onAway = (why: string | undefined): void => void away.push(why === undefined ? 'back' : 'away')
  const sink = webhookSink(line, optionsOf(url, { timeoutMs: 200, onAway }))
  await sink.write(alertOf('f-1'))
  await sink.write(alertOf('f-1', 2))
  await sink.close()
  expect(away).toEqual([...Array<string>(6).fill('away'), 'back'])
  expect(seen.map(({ key }) => key)).toEqual([...Array<string>(7).fill('f-1.1'), 'f-1.2'])
  expect(sink.counts).toMatchObject({ sent: 2, refused: 0, retries: 6 })
})

test('an answer that breaks off after its status counts by its status', async () => {
  const { url, seen } = await server((response, request) => {
    response.writeHead(200, { 'Content-Length': '100' })
    response.write('half', () => request.socket.destroy())
  })
  const sink = webhookSink(line, optionsOf(url))
  await sink.write(alertOf('f-1'))
  await sink.close()
  expect(seen.length).toBe(1)
})

test.each([400, 401, 404, 410, 301, 302, 307])(
  'status %i is for good: logged, told, dropped, and the next goes on',
  async (code) => {
    const elsewhere = await server()
    const { url, seen } = await server(status(code, { Location: elsewhere.url }))
    const dropped: string[] = []
    const lines: string[] = []
    const sink = webhookSink(
      line,
      optionsOf(url, {
        log: pino({}, { write: (text: string) => void lines.push(text) }),
        onRefused: (alert, why) => dropped.push(`${alert.finding_uid}.${alert.revision} ${why}`),
      }),
    )
    await sink.write(alertOf('f-1'))
    await sink.write(alertOf('f-1', 2))
    await sink.close()
    expect(seen.map(({ key }) => key)).toEqual(['f-1.1', 'f-1.2'])
    expect(dropped).toEqual([`f-1.1 HTTP status ${code}`])
    expect(sink.counts).toMatchObject({ sent: 1, refused: 1 })
    expect(lines.length).toBe(1)
    expect(JSON.parse(lines[0]!)).toMatchObject({ level: 50, finding: 'f-1', revision: 1 })
    // The address of a receiver may hold its secret.
    expect(lines[0]).not.toContain('of-the-path')
    expect(elsewhere.seen, 'a redirect is not followed').toEqual([])
  },
)

test('waits as long as Retry-After says, in seconds or as a date', async () => {
  for (const header of ['3600', new Date(Date.now() + 3_600_000).toUTCString()]) {
    const { url } = await server(status(429, { 'Retry-After': header }))
    const sink = webhookSink(line, optionsOf(url, { giveUpMs: 60_000 }))
    await sink.write(alertOf('f-1'))
    // It would have to wait for longer than it may, so it gives up at once.
    await expect(sink.flush()).rejects.toMatchObject({ code: 'sink.unavailable', retriable: true })
    await sink.close()
  }
})

test('gives up when asked to, and can be written to again', async () => {
  const { url, seen } = await server(status(500))
  const sink = webhookSink(line, optionsOf(url, { giveUpMs: 0 }))
  await sink.write(alertOf('f-1'))
  await expect(sink.flush()).rejects.toMatchObject({ code: 'sink.unavailable', retriable: true })
  await sink.write(alertOf('f-1'))
  await sink.close()
  expect(seen.map(({ key }) => key)).toEqual(['f-1.1', 'f-1.1'])
  expect(sink.counts.sent).toBe(1)
})

test('ends at once when the signal aborts, in the middle of a request or of a wait', async () => {
  for (const handler of [() => undefined, status(429, { 'Retry-After': '3600' })]) {
    const stop = new AbortController()
    const { url } = await server((response, request, body) => {
      handler(response, request, body)
      setImmediate(() => stop.abort())
    })
    const sink = webhookSink(line, optionsOf(url, { signal: stop.signal }))
    await sink.write(alertOf('f-1'))
    await expect(sink.close()).rejects.toMatchObject({ code: 'sink.unavailable', retriable: true })
  }
})

test('write waits when as many alerts as may are waiting', async () => {
  let release: (() => void) | undefined
  const { url, seen } = await server((response) => {
    release = () => response.writeHead(204).end()
  })
  const sink = webhookSink(line, optionsOf(url, { waitingMax: 2 }))
  await sink.write(alertOf('f-1', 1))
  await sink.write(alertOf('f-1', 2))
  let written = false
  const third = sink.write(alertOf('f-1', 3)).then(() => {
    written = true
  })
  while (release === undefined) await new Promise((resolve) => setImmediate(resolve))
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
  expect(written).toBe(false)
  release()
  await third
  await sink.close()
  expect(seen.map(({ key }) => key)).toEqual(['f-1.1', 'f-1.2', 'f-1.3'])
})

test('speaks TLS, and only to whom it trusts', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ostiary-webhook-'))
  try {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
    const algorithm = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
    execFileSync('openssl', ['req', '-x509', ...algorithm, '-keyout', key, '-out', cert, ...subject], { stdio: 'pipe' })
    const seen: Request[] = []
    const ca = readFileSync(cert, 'utf8')
    const port = await listening(createHttpsServer({ key: readFileSync(key), cert: ca }, answering([], seen)))
    const url = `https://127.0.0.1:${port}/`
    const trusting = webhookSink(line, optionsOf(url, { ca }))
    await trusting.write(alertOf('f-1'))
    await trusting.close()
    expect(seen.length).toBe(1)
    const stranger = webhookSink(line, optionsOf(url, { giveUpMs: 0 }))
    await stranger.write(alertOf('f-1'))
    await expect(stranger.close()).rejects.toThrow('SELF_SIGNED')
    expect(seen.length).toBe(1)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test.each([
  ['http://soc.example/hook', 'in clear'],
  ['http://127.0.0.1.soc.example/hook', 'in clear'],
  ['ftp://127.0.0.1/hook', 'neither https nor http'],
  ['https://me:password@soc.example/', 'leave them out'],
  ['soc.example', 'no URL'],
])('refuses the address %s', (url, words) => {
  expect(() => webhookSink(line, optionsOf(url))).toThrow(
    expect.objectContaining({ code: 'config.invalid', message: expect.stringContaining(words) }),
  )
  expect(() => webhookSink(line, optionsOf(url))).not.toThrow('password@')
})

test('takes http across a network where that is allowed', async () => {
  await webhookSink(line, optionsOf('http://soc.example/hook', { allowClear: true })).close()
})

test('refuses a secret that is short', () => {
  expect(() => webhookSink(line, optionsOf('https://soc.example/', { secret: 'short' }))).toThrow('has 5 bytes')
})
