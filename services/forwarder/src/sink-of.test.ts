import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLogger } from '@ostiary/runtime'
import { ServiceHealth } from '@ostiary/runtime/kafka'
import { afterAll, expect, test } from 'vitest'
import type { ForwarderOptions } from './forwarder-options.ts'
import { sinkOf } from './sink-of.ts'

const folder = mkdtempSync(join(tmpdir(), 'ostiary-sink-of-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const secretFile = join(folder, 'secret')
writeFileSync(secretFile, 'a secret of enough bytes\n')

const log = createLogger({ level: 'silent', service: 'test', version: '0' })
const context = {
  env: {},
  log,
  health: new ServiceHealth(log),
  signal: new AbortController().signal,
  version: '0',
}

test.each<[ForwarderOptions, string]>([
  [{ to: 'webhook', url: 'https://soc.example/hook', secretFile, format: 'flat' }, 'webhook'],
  [{ to: 'alertmanager', url: 'https://soc.example:9093', name: 'on-call' }, 'alertmanager'],
  [{ to: 'syslog', url: 'udp://siem.example', allowClear: true, facility: 13 }, 'syslog'],
  [{ to: 'file', file: join(folder, 'alerts'), filesMax: 3, format: 'ocsf' }, 'rotating_file'],
])('opens the sink of %j', async (options, id) => {
  const sink = sinkOf(context, options)
  expect(sink.id).toBe(id)
  await sink.close()
})

test.each<[ForwarderOptions, string]>([
  [{ to: 'webhook' }, 'give --url https://host/path'],
  [{ to: 'syslog', url: '' }, 'give --url tls://host:6514'],
  [{ to: 'file' }, 'give --file PATH'],
  [
    { to: 'file', file: 'x', url: 'tls://siem.example' },
    'Cannot use --url with --to file: it is for webhook, alertmanager, syslog',
  ],
  [
    { to: 'webhook', url: 'https://soc.example', facility: 1 },
    'Cannot use --facility with --to webhook: it is for syslog',
  ],
  [{ to: 'alertmanager', url: 'https://soc.example', format: 'flat' }, 'it is for webhook, file'],
  [{ to: 'file', file: 'x', name: 'two words' }, 'Cannot call a forwarder "two words"'],
])('refuses %j', (options, words) => {
  expect(() => sinkOf(context, options)).toThrow(
    expect.objectContaining({ code: 'usage.invalid', message: expect.stringContaining(words) }),
  )
})

test.each<[ForwarderOptions, string]>([
  [{ to: 'webhook', url: 'https://soc.example' }, 'give --secret-file or OSTIARY_WEBHOOK_SECRET'],
  [{ to: 'webhook', url: 'https://soc.example', secretFile: join(folder, 'none') }, 'Cannot read "--secret-file"'],
  [{ to: 'syslog', url: 'tls://siem.example', caFile: join(folder, 'none') }, 'Cannot read "--ca-file"'],
  [{ to: 'syslog', url: 'tls://siem.example', caFile: secretFile }, 'Cannot use ca for TLS'],
])('refuses what is not there or no certificate: %j', (options, words) => {
  expect(() => sinkOf(context, options)).toThrow(
    expect.objectContaining({ code: 'config.invalid', message: expect.stringContaining(words) }),
  )
})
