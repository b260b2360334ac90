import { setTimeout as pause } from 'node:timers/promises'
import { createLogger, sinks } from '@ostiary/runtime'
import type { Alert } from '@ostiary/schemas'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { alert as anyAlert } from '../arbitraries/alert.ts'
import { makeCertificate } from './certificate.ts'
import { Rsyslog } from './rsyslog.ts'
import { type SyslogFault, SyslogReceiver } from './syslog-receiver.ts'

type Options = Parameters<typeof sinks.syslog>[0]

const log = createLogger({ level: 'silent', service: 'test', version: '0' })
const certificate = makeCertificate()
const { cert: ca } = certificate
const [template] = fc.sample(anyAlert, { numRuns: 1, seed: 1 })

const closing: (() => Promise<void>)[] = []
afterAll(async () => {
  for (const close of closing) await close()
})

function alertOf(uid: string, revision = 1): Alert {
  return { ...template!, finding_uid: uid, revision }
}

async function receiverOf(...faults: (SyslogFault | undefined)[]): Promise<SyslogReceiver> {
  const receiver = await SyslogReceiver.open()
  closing.push(() => receiver.close())
  receiver.faultOf = () => faults.shift()
  return receiver
}

function sinkTo(url: string, more: Partial<Options> = {}): ReturnType<typeof sinks.syslog> {
  return sinks.syslog({
    url,
    log,
    productVersion: '1.2.3',
    hostname: 'sensor-1',
    retryFirstMs: 1,
    retryMaxMs: 2,
    ...more,
  })
}

function uidsOf({ received }: SyslogReceiver): string[] {
  return received.map(({ cef: { extension } }) => `${extension['externalId']}.${extension['cn1']}`)
}

/** As the field can hold it: letters that end lines or act on terminals are blanks, and none stand at the ends. */
function plain(text: string): string {
  const isControl = (letter: string): boolean => letter < ' ' && letter !== '\n' && letter !== '\r'
  return [...text.replace(/[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, ' ')]
    .map((letter) => (isControl(letter) ? ' ' : letter))
    .join('')
    .trim()
}

/** Whether a field holds a text, whole or cut to what there is room for. */
function holds(field: string | undefined, text: string): boolean {
  const whole = plain(text)
  if (field === undefined || field === whole) return (field ?? '') === whole
  return field.endsWith('…') && field.length > 20 && whole.startsWith(field.slice(0, -1))
}

test('any alert is read back from its message by a strict reader, within 8 KiB', async () => {
  const receiver = await receiverOf()
  const sink = sinkTo(`tcp://127.0.0.1:${receiver.port}`)
  const long = fc.string({ unit: fc.constantFrom('\\', '=', '|', '\n', '\r', 'é', '😀', ' ', 'n'), maxLength: 3000 })
  const odd = fc.record({ alert: anyAlert, words: long, team: long }).map(({ alert, words, team }) => ({
    ...alert,
    team,
    reasons: alert.reasons.map((reason) => ({ ...reason, words: words + reason.words })),
  }))
  let count = 0
  await fc.assert(
    fc.asyncProperty(fc.array(odd, { minLength: 1, maxLength: 10 }), async (some) => {
      // Of one finding only the newest revision would be sent.
      const alerts = some.map((alert, index) => ({ ...alert, finding_uid: `f=|\\${count + index}` }))
      count += alerts.length
      for (const alert of alerts) await sink.write(alert)
      await sink.flush()
      expect(receiver.errors).toEqual([])
      const read = receiver.received.splice(0)
      expect(read.length).toBe(alerts.length)
      for (const [index, { cef, bytes, ...message }] of read.entries()) {
        const alert = alerts[index]!
        const { extension } = cef
        expect(bytes).toBeLessThanOrEqual(8192)
        expect(message).toMatchObject({ facility: 16, host: 'sensor-1', app: 'ostiary', msgid: alert.disposition })
        expect(message.time).toBe(new Date(alert.time).toISOString())
        expect(cef.header.slice(0, 3)).toEqual(['Ostiary', 'Ostiary', '1.2.3'])
        expect(extension).toMatchObject({ externalId: alert.finding_uid, cn1: String(alert.revision) })
        expect(Number(extension['cfp1'])).toBe(alert.score)
        expect(holds(extension['suid'], alert.identity_uid)).toBe(true)
        expect(holds(extension['cs5'], alert.team)).toBe(true)
        expect(holds(extension['msg'], alert.reasons.map(({ words }) => words).join('; '))).toBe(true)
      }
    }),
    { numRuns: 60 },
  )
  await sink.close()
})

test.each(['away', 'end', 'reset', 'hang', 'talk'] as const)(
  'what a receiver that fails by "%s" may not have read is sent again, in order',
  async (fault) => {
    const receiver = await receiverOf(fault, fault, undefined)
    const sink = sinkTo(`tcp://127.0.0.1:${receiver.port}`, { timeoutMs: 150 })
    for (let revision = 1; revision <= 3; revision++) await sink.write(alertOf('f-1', revision))
    await sink.close()
    expect(receiver.errors).toEqual([])
    expect(uidsOf(receiver)).toEqual(['f-1.1', 'f-1.2', 'f-1.3'])
    expect(sink.counts).toMatchObject({ sent: 3, retries: 2, refused: 0, lost: 0 })
  },
)

test('a receiver that was not there yet gets everything once it is', async () => {
  const gone = await SyslogReceiver.open()
  const { port } = gone
  await gone.close()
  const sink = sinkTo(`tcp://127.0.0.1:${port}`)
  await sink.write(alertOf('f-1'))
  while (sink.counts.retries < 3) await pause(1)
  const receiver = await SyslogReceiver.open(undefined, port)
  closing.push(() => receiver.close())
  await sink.close()
  expect(uidsOf(receiver)).toEqual(['f-1.1'])
})

test('gives up when asked to, and can be written to again', async () => {
  const receiver = await receiverOf('reset')
  const sink = sinkTo(`tcp://127.0.0.1:${receiver.port}`, { giveUpMs: 0 })
  await sink.write(alertOf('f-1'))
  await expect(sink.flush()).rejects.toMatchObject({ code: 'sink.unavailable', retriable: true })
  await sink.write(alertOf('f-1'))
  await sink.close()
  expect(uidsOf(receiver)).toEqual(['f-1.1'])
})

test('ends at once when the signal aborts, on a connection that says nothing or in a wait', async () => {
  for (const [fault, more] of [
    ['hang', {}],
    ['reset', { retryFirstMs: 3_600_000, retryMaxMs: 3_600_000 }],
  ] as const) {
    const stop = new AbortController()
    const receiver = await receiverOf(fault)
    const sink = sinkTo(`tcp://127.0.0.1:${receiver.port}`, { ...more, signal: stop.signal })
    await sink.write(alertOf('f-1'))
    await receiver.until(() => receiver.connections === 1)
    setTimeout(() => stop.abort(), 60)
    await expect(sink.close()).rejects.toMatchObject({ code: 'sink.unavailable', retriable: true })
  }
})

test('speaks TLS, and only to whom it trusts', async () => {
  const receiver = await SyslogReceiver.open(certificate)
  closing.push(() => receiver.close())
  const trusting = sinkTo(`tls://localhost:${receiver.port}`, { ca })
  await trusting.write(alertOf('f-1'))
  await trusting.close()
  expect(uidsOf(receiver)).toEqual(['f-1.1'])
  const elsewhere = makeCertificate('DNS:elsewhere.example')
  const other = await SyslogReceiver.open(elsewhere)
  closing.push(() => other.close())
  for (const [port, more, why] of [
    [receiver.port, {}, 'SELF_SIGNED'],
    [other.port, { ca: elsewhere.cert }, 'ALTNAME'],
  ] as const) {
    const stranger = sinkTo(`tls://localhost:${port}`, { ...more, giveUpMs: 0 })
    await stranger.write(alertOf('f-2'))
    await expect(stranger.close()).rejects.toThrow(why)
  }
  expect([...uidsOf(receiver), ...uidsOf(other)]).toEqual(['f-1.1'])
  expect([...receiver.errors, ...other.errors]).toEqual([])
})

test('rsyslogd takes alerts over TLS, from senders with the certificate that it asks for only', async () => {
  const rsyslog = await Rsyslog.open({ tls: certificate, withClientCertificate: true })
  closing.push(() => rsyslog.close())
  const alerts = Array.from({ length: 250 }, (_, i) => alertOf(`f-${i}`))
  const known = sinkTo(rsyslog.urls.tls, { ca, cert: ca, key: certificate.key, hostname: 'known' })
  for (const alert of alerts) await known.write(alert)
  await known.close()
  expect(rsyslog.messagesOf('known').map(({ cef }) => cef.extension['externalId'])).toEqual(
    alerts.map(({ finding_uid: uid }) => uid),
  )
  const unknown = sinkTo(rsyslog.urls.tls, { ca, hostname: 'unknown', giveUpMs: 200 })
  await unknown.write(alerts[0]!)
  await expect(unknown.close()).rejects.toMatchObject({ code: 'sink.unavailable' })
  expect(unknown.counts.sent).toBe(0)
  expect(rsyslog.messagesOf('unknown')).toEqual([])
})

test('rsyslogd takes alerts over UDP; once sent they count as sent', async () => {
  const rsyslog = await Rsyslog.open()
  closing.push(() => rsyslog.close())
  const sink = sinkTo(rsyslog.urls.udp, { hostname: 'udp' })
  for (let i = 0; i < 20; i++) await sink.write(alertOf(`f-${i}`))
  await sink.close()
  expect(sink.counts).toMatchObject({ sent: 20, lost: 0 })
  while (rsyslog.messagesOf('udp').length < 20) await pause(10)
})

test('over UDP what this machine cannot send is tried again, not lost', async () => {
  // Broadcasts are not allowed to a socket that did not ask for them.
  const sink = sinkTo('udp://255.255.255.255', { allowClear: true, giveUpMs: 50 })
  await sink.write(alertOf('f-1'))
  await expect(sink.close()).rejects.toMatchObject({ code: 'sink.unavailable', retriable: true })
  expect(sink.counts).toMatchObject({ sent: 0, lost: 0 })
  expect(sink.counts.retries).toBeGreaterThan(0)
})
