import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request that was taken, or refused for its signature. */
export interface Received {
  readonly key: string
  readonly body: string
  readonly signed: boolean
}

/** Ways to fail a request before it is taken. */
export type Fault = 'reset' | 'hang' | number

/** Verifies `Ostiary-Signature` as docs/spec/sinks.md tells receivers to. */
function verified(header: string, body: string, secret: string, nowSeconds: number): boolean {
  const [, time, given] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(header) ?? []
  if (time === undefined || given === undefined || Math.abs(nowSeconds - Number(time)) > 300) return false
  const expected = createHmac('sha256', secret).update(`${time}.${body}`).digest()
  return timingSafeEqual(expected, Buffer.from(given, 'hex'))
}

/** A receiver over HTTP on this machine, that can be told to fail. */
export class WebhookReceiver {
  readonly received: Received[] = []
  /** How to fail the next request; `undefined` takes it. */
  faultOf: () => Fault | undefined = () => undefined
  /** Requests that were failed. */
  failed = 0
  readonly #secret: string
  readonly #server: Server
  #onChange: (() => void)[] = []

  private constructor(secret: string) {
    this.#secret = secret
    this.#server = createServer((request, response) => void this.#take(request, response))
  }

  static async open(secret: string): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver(secret)
    await new Promise<void>((resolve) => receiver.#server.listen(0, '127.0.0.1', resolve))
    return receiver
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/alerts?of=soc`
  }

  /** Resolves once a condition on what was received or failed holds. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#onChange.push(resolve))
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer)
    } catch {
      return
    }
    const fault = this.faultOf()
    if (fault !== undefined) {
      this.failed += 1
      if (fault === 'reset') request.socket.destroy()
      else if (fault !== 'hang') response.writeHead(fault).end()
    } else {
      const body = Buffer.concat(chunks).toString('utf8')
      const header = String(request.headers['ostiary-signature'])
      const signed = verified(header, body, this.#secret, Date.now() / 1000)
      this.received.push({ key: String(request.headers['idempotency-key']), body, signed })
      response.writeHead(signed ? 204 : 401).end()
    }
    const waiting = this.#onChange
    this.#onChange = []
    for (const resolve of waiting) resolve()
  }
}
