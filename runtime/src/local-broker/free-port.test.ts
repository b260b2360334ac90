import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { freePort, isFree } from './free-port.ts'

test('a free port lies below those that outgoing connections are given', async () => {
  const port = await freePort()
  expect(port).toBeGreaterThanOrEqual(20_000)
  expect(port).toBeLessThanOrEqual(32_767)
  expect(await isFree(port)).toBe(true)
})

test('a port that something listens on is not free', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  expect(await isFree((server.address() as AddressInfo).port)).toBe(false)
  server.close()
})
