import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import type { Attempt } from './keep-trying.ts'

export interface HttpReceiverOptions {
  readonly url: URL
  /** Connections at a time. */
  readonly connections: number
  /** For one attempt, from the connection to the answer's status. */
  readonly timeoutMs: number
  /** PEM of the authorities to trust, where they are not those that come with Node.js. */
  readonly ca?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/** Bytes of an answer that are read, only so that the connection can be used again. */
const answerBytesMax = 65_536

/** Posts bodies to one address over connections that are kept open. Follows no redirect and uses no proxy. */
export class HttpReceiver {
  readonly #options: HttpReceiverOptions
  readonly #agent: HttpAgent

  constructor(options: HttpReceiverOptions) {
    const { url, connections, ca } = options
    this.#options = options
    const agentOptions = { keepAlive: true, maxSockets: connections }
    this.#agent =
      url.protocol === 'https:'
        ? new HttpsAgent({ ...agentOptions, ...(ca === undefined ? {} : { ca }) })
        : new HttpAgent(agentOptions)
  }

  /** One attempt. Never rejects: a receiver that cannot be reached is away. */
  async post(body: string, headers: Readonly<Record<string, string>>): Promise<Attempt> {
    try {
      const { statusCode: status = 0, headers: answered } = await this.#answer(Buffer.from(body, 'utf8'), headers)
      return attemptOf(status, answered['retry-after'])
    } catch (error) {
      const { code, message } = error as { code?: unknown; message?: unknown }
      return { outcome: 'away', why: typeof code === 'string' ? code : String(message) }
    }
  }

  close(): void {
    this.#agent.destroy()
  }

  #answer(body: Buffer, headers: Readonly<Record<string, string>>): Promise<IncomingMessage> {
    const { url, timeoutMs, signal } = this.#options
    const options: RequestOptions = {
      method: 'POST',
      agent: this.#agent,
      headers: { ...headers, 'Content-Length': body.length },
      ...(signal === undefined ? {} : { signal }),
    }
    return new Promise((resolve, reject) => {
      const request = url.protocol === 'https:' ? httpsRequest(url, options) : httpRequest(url, options)
      const timer = setTimeout(() => request.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
      request.once('close', () => clearTimeout(timer))
      // Stays after the answer: the rest of it may break off, and the status is known by then.
      request.on('error', reject)
      request.once('response', (answer) => {
        resolve(answer)
        drain(answer)
      })
      request.end(body)
    })
  }
}

function drain(answer: IncomingMessage): void {
  let bytes = 0
  answer.on('error', () => undefined)
  answer.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > answerBytesMax) answer.destroy()
  })
}

function attemptOf(status: number, retryAfter: string | undefined): Attempt {
  if (status >= 200 && status < 300) return { outcome: 'taken' }
  const why = `HTTP status ${status}`
  return status === 408 || status === 429 || status >= 500
    ? { outcome: 'away', why, afterMs: retryAfterMs(retryAfter) }
    : { outcome: 'refused', why }
}

/** Seconds, or a date. */
function retryAfterMs(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : Math.max(at - Date.now(), 0)
}
