import { pino } from 'pino'
import { expect, test } from 'vitest'
import { syslogAddress } from './syslog-address.ts'
import { syslogSink } from './syslog-sink.ts'

const log = pino({ level: 'silent' })

test.each([
  ['tls://siem.example', { protocol: 'tls', host: 'siem.example', port: 6514 }],
  ['tls://siem.example:10514/', { protocol: 'tls', host: 'siem.example', port: 10_514 }],
  ['tls://[2001:db8::1]:6514', { protocol: 'tls', host: '2001:db8::1', port: 6514 }],
  ['tcp://127.0.0.1', { protocol: 'tcp', host: '127.0.0.1', port: 601 }],
  ['tcp://[::1]:514', { protocol: 'tcp', host: '::1', port: 514 }],
  ['udp://localhost', { protocol: 'udp', host: 'localhost', port: 514 }],
])('reads the address %s', (text, address) => {
  expect(syslogAddress(text)).toEqual(address)
})

test.each([
  ['siem.example:6514', 'no syslog address'],
  ['https://siem.example', 'no syslog address'],
  ['tls://', 'no syslog address'],
  ['tls://siem example', 'no syslog address'],
  ['tls://siem.example/path', 'no syslog address'],
  ['tls://siem.example:0', 'no port 0'],
  ['tls://siem.example:65536', 'no port 65536'],
  ['tcp://siem.example', 'in clear'],
  ['udp://127.0.0.1.siem.example', 'in clear'],
  ['tls://me:hunter2@siem.example', 'an address with an @'],
])('refuses the address %s', (text, words) => {
  const refused = expect.objectContaining({ code: 'config.invalid', message: expect.stringContaining(words) })
  expect(() => syslogAddress(text)).toThrow(refused)
  expect(() => syslogAddress(text)).not.toThrow('hunter2')
})

test('sends in clear across a network where that is allowed', () => {
  expect(syslogAddress('udp://siem.example', { allowClear: true })).toMatchObject({ port: 514 })
})

test.each([
  [{ facility: 24 }, '0 to 23'],
  [{ facility: 1.5 }, '0 to 23'],
  [{ ca: 'no certificate' }, 'Cannot use ca for TLS'],
  [{ cert: 'a certificate' }, 'both the certificate and its key'],
  [{ cert: 'no certificate', key: 'no key' }, 'Cannot use cert, key for TLS'],
  [{ url: 'tcp://127.0.0.1', ca: 'no certificate' }, 'they are for tls'],
])('refuses the options %j', (options, words) => {
  expect(() => syslogSink({ url: 'tls://siem.example', productVersion: '0', log, ...options })).toThrow(
    expect.objectContaining({ code: 'config.invalid', message: expect.stringContaining(words) }),
  )
})
