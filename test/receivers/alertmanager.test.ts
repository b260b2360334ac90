import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createLogger, sinks } from '@ostiary/runtime'
import type { Alert } from '@ostiary/schemas'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { alert as anyAlert } from '../arbitraries/alert.ts'
import { Alertmanager } from './alertmanager.ts'

interface Notification {
  readonly alerts: readonly { readonly status: string; readonly labels: Readonly<Record<string, string>> }[]
}

const log = createLogger({ level: 'error', service: 'test', version: '0' })
const [template] = fc.sample(anyAlert, { numRuns: 1, seed: 1 })

test('a finding fires, rises and resolves in Alertmanager, and who is on call is told each time', async () => {
  const told: string[] = []
  let changed: () => void = () => undefined
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { alerts } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Notification
      for (const one of alerts) told.push(`${one.status} ${one.labels['severity']}`)
      response.end()
      changed()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const until = async (...some: string[]): Promise<void> => {
    while (some.some((one) => !told.includes(one)))
      await new Promise<void>((resolve) => {
        changed = resolve
      })
  }
  const manager = await Alertmanager.open(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  try {
    const sink = sinks.alertmanager({ url: manager.url, log })
    const startMs = Date.now() - 3_600_000
    const alertOf = (revision: number, more: Partial<Alert>): Alert => ({
      ...template!,
      ...{ finding_uid: 'f-1', tenant_uid: 'default', disposition: 'page', activity: 'update', revision },
      ...{ first_event_time: startMs, time: startMs + revision * 60_000, last_event_time: startMs },
      ...more,
    })
    await sink.write(alertOf(1, { severity: 'High', activity: 'create' }))
    await sink.flush()
    await until('firing high')
    expect((await manager.alertsOf('default')).map(({ labels }) => labels['finding_uid'])).toEqual(['f-1'])
    await sink.write(alertOf(2, { severity: 'Critical' }))
    await sink.flush()
    await until('resolved high', 'firing critical')
    expect((await manager.alertsOf('default')).map(({ labels }) => labels['severity'])).toEqual(['critical'])
    await sink.write(alertOf(3, { severity: 'Critical', activity: 'close' }))
    await sink.close()
    await until('resolved critical')
    expect(await manager.alertsOf('default')).toEqual([])
  } finally {
    await manager.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})
