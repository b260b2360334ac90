import { expect, test } from 'vitest'
import { serverProperties } from './server-properties.ts'

const plain = { ports: { plain: 9092, controller: 9093 }, auth: false, superUsers: [], settings: {} } as const

function read(text: string): Record<string, string> {
  const lines = text.trimEnd().split('\n')
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]))
}

test('every listener is on the loopback interface', () => {
  const { listeners } = read(
    serverProperties({ ...plain, ports: { plain: 1, controller: 2, sasl: 3, tls: 4 }, auth: true }),
  )
  const addresses = listeners!.split(',')
  expect(addresses).toEqual([
    'PLAINTEXT://127.0.0.1:1',
    'SASL://127.0.0.1:3',
    'TLS://127.0.0.1:4',
    'CONTROLLER://127.0.0.1:2',
  ])
})

test('with principals, what no rule allows is denied, and TLS wants a password too', () => {
  const properties = read(
    serverProperties({
      ...plain,
      ports: { plain: 1, controller: 2, sasl: 3, tls: 4 },
      auth: true,
      superUsers: ['ada'],
    }),
  )
  expect(properties['allow.everyone.if.no.acl.found']).toBe('false')
  expect(properties['super.users']).toBe('User:ANONYMOUS;User:ada')
  expect(properties['listener.security.protocol.map']).toContain('TLS:SASL_SSL')
})

test('without principals there is nothing to log in to', () => {
  const text = serverProperties({ ...plain, ports: { plain: 1, controller: 2, tls: 4 } })
  expect(text).not.toContain('authorizer')
  expect(read(text)['listener.security.protocol.map']).toContain('TLS:SSL')
})

test('settings that are given stand instead of ours, and backslashes survive', () => {
  const properties = read(serverProperties({ ...plain, settings: { 'num.io.threads': '1', a: 'b\\c' } }))
  expect(properties['num.io.threads']).toBe('1')
  expect(properties['a']).toBe('b\\\\c')
})
