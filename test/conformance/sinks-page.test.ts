import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createLogger, sinks } from '@ostiary/runtime'
import type { Alert } from '@ostiary/schemas'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { alert as anyAlert } from '../arbitraries/alert.ts'
import { SyslogReceiver } from '../receivers/syslog-receiver.ts'

const page = readFileSync(new URL('../../docs/spec/sinks.md', import.meta.url), 'utf8')

type Verify = (header: string | undefined, body: string, secret: string, nowSeconds?: number) => boolean

test('the snippet that verifies a signature runs as it stands', async () => {
  const [, snippet] = /^```js\n([\s\S]*?)^```/m.exec(page) ?? []
  const module = await import(`data:text/javascript,${encodeURIComponent(snippet!)}`)
  const isFromOstiary = module.isFromOstiary as Verify
  const [body, secret, atSeconds] = ['{"words":"é"}', 'a secret of enough bytes', 1_800_000_000]
  const mac = createHmac('sha256', secret).update(`${atSeconds}.${body}`).digest('hex')
  const header = `t=${atSeconds},v1=${mac}`
  expect(isFromOstiary(header, body, secret, atSeconds + 299)).toBe(true)
  expect(isFromOstiary(header, body, secret, atSeconds + 301)).toBe(false)
  expect(isFromOstiary(header, body, secret)).toBe(false)
  expect(isFromOstiary(header, `${body} `, secret, atSeconds)).toBe(false)
  expect(isFromOstiary(header, body, 'another secret of bytes', atSeconds)).toBe(false)
  expect(isFromOstiary(header.replace('t=18', 't=17'), body, secret, atSeconds)).toBe(false)
  for (const odd of [undefined, '', 'v1=x', `t=${atSeconds},v1=${mac.slice(1)}`])
    expect(isFromOstiary(odd, body, secret, atSeconds)).toBe(false)
})

test('the table of the CEF extension has every key that is sent, with its label, in order', async () => {
  const [like] = fc.sample(anyAlert, { numRuns: 1, seed: 1 })
  const reason = {
    detection: 'first_operation',
    signal: 's',
    bits: 9,
    words: 'w',
    tactic: 'TA0005',
    technique: 'T1562',
  }
  const full: Alert = {
    ...like!,
    ...{ tenant_uid: 't', identity_uid: 'id', identity_type: 'human', team: 'x', disposition_reason: 'y' },
    ...{ finding_uid: 'f', reasons: [reason] },
  }
  const receiver = await SyslogReceiver.open()
  const log = createLogger({ level: 'silent', service: 'test', version: '0' })
  const sink = sinks.syslog({ url: `tcp://127.0.0.1:${receiver.port}`, log, productVersion: '0' })
  await sink.write(full)
  await sink.close()
  await receiver.close()
  const { extension } = receiver.received[0]!.cef
  const sent = Object.keys(extension)
    .filter((key) => !key.endsWith('Label'))
    .map((key) => [key, extension[`${key}Label`] ?? ''])
  const [, table] = /^\| Key \| Label \| Holds \|\n\|---\|---\|---\|\n((?:\|.*\n)+)/m.exec(page) ?? []
  const listed = [...table!.matchAll(/^\| `(\w+)` \| (?:`(\w+)` )?\|/gm)].map(([, key, label]) => [key, label ?? ''])
  expect(listed).toEqual(sent)
})
