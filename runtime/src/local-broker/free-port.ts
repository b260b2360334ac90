import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import { OstiaryError } from '@ostiary/schemas'

/**
 * Below the ports that systems give to outgoing connections. While a broker is down, a client that asks for it again and
 * again may otherwise be given the broker's own port, be connected to itself, and keep the broker from coming back.
 */
const portMin = 20_000
const portMax = 32_767
const triesMax = 200

/** A port of the loopback interface that nobody listens on. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < triesMax; tries += 1) {
    const port = randomInt(portMin, portMax + 1)
    if (await isFree(port)) return port
  }
  throw new OstiaryError('usage.invalid', `Cannot find a free port between ${portMin} and ${portMax}: give one`)
}

/** Whether a port of the loopback interface can be listened on. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)))
  })
}
