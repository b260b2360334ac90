import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { resolveConfig } from '@ostiary/runtime'
import { afterEach, expect, test } from 'vitest'
import type { Outcome, Patient } from './check.ts'
import { tracesChecks } from './traces-check.ts'

let server: Server | undefined
const asked: string[] = []
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
  asked.length = 0
})

async function receiver(status: number): Promise<string> {
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    response.writeHead(status).end()
  })
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function outcomeOf(tracesEndpoint: string): Promise<Outcome> {
  const config = resolveConfig({ flags: { tracesEndpoint } })
  return Promise.resolve(tracesChecks[0]!.run({ config } as unknown as Patient))
}

test('is skipped where traces are off', async () => {
  expect((await outcomeOf('')).state).toBe('skipped')
})

test.each([
  [200, 'ok', /takes traces/],
  [401, 'ok', /OTEL_EXPORTER_OTLP_HEADERS/],
  [404, 'failure', /4318/],
  [503, 'warning', /503/],
] as const)('a receiver that answers %d is %s', async (status, state, words) => {
  const outcome = await outcomeOf(`${await receiver(status)}/`)
  expect(outcome).toMatchObject({ state, detail: expect.stringMatching(words) })
  expect(asked).toEqual(['POST /v1/traces'])
})

test('one that is away is a warning: services go on without', async () => {
  const url = await receiver(200)
  await new Promise((resolve) => server!.close(resolve))
  expect(await outcomeOf(url)).toMatchObject({ state: 'warning', detail: expect.stringContaining('does not answer') })
})
