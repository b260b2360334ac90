import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { OstiaryError } from '@ostiary/schemas'
import { collectDefaultMetrics, Registry } from 'prom-client'
import type { Logger } from '../log/logger.ts'
import { expositionOf } from './exposition.ts'
import { createRegistry, type ServiceRegistry } from './service-registry.ts'

/** Scrapers and probes that are answered at a time; further ones are turned away. */
const connectionsMax = 64
const requestMs = 10_000
const headerBytesMax = 8192

interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string
}

/**
 * What a service says of itself over HTTP: `/metrics`, `/livez` (restart it where this fails) and `/readyz` (it does its
 * work). Works without a server too, where nothing listens.
 */
export class ServiceHealth {
  readonly registry: ServiceRegistry = createRegistry()
  readonly #log: Logger
  readonly #parts: Map<string, string | undefined> = new Map()
  readonly #beforeScrapes: Set<() => void> = new Set()
  #failure: string | undefined
  #server: Server | undefined

  constructor(log: Logger) {
    this.#log = log
    collectDefaultMetrics({ register: this.registry })
  }

  /**
   * Says whether a part of the service does its work, and if not, why. The service is ready when every part that was ever
   * named is, and at least one was.
   */
  setReady(part: string, ready: boolean, reason = 'not ready'): void {
    this.#parts.set(part, ready ? undefined : reason)
  }

  /** Says that the service has come to an end that only a restart mends. */
  setFailed(reason: string): void {
    this.#failure = reason
  }

  /** Has something called before every scrape, which sets the gauges of what it knows. @returns what ends that */
  beforeScrape(tell: () => void): () => void {
    this.#beforeScrapes.add(tell)
    return () => void this.#beforeScrapes.delete(tell)
  }

  /** Why the service is not ready, by part; empty when it is. */
  unready(): Readonly<Record<string, string>> {
    const reasons: Record<string, string> = {}
    if (this.#failure !== undefined) reasons['service'] = this.#failure
    if (this.#parts.size === 0) reasons['service'] ??= 'starting'
    for (const [part, reason] of this.#parts) if (reason !== undefined) reasons[part] = reason
    return reasons
  }

  /**
   * Begins to answer.
   *
   * @param address `host:port`, port 0 for a free one; empty for nowhere
   * @returns the address in use
   * @throws OstiaryError `config.invalid` where it cannot be listened on
   */
  async listen(address: string): Promise<string | undefined> {
    if (address === '') return undefined
    const at = address.lastIndexOf(':')
    const host = address.slice(0, at).replace(/^\[(.*)\]$/, '$1')
    const server = createServer({ requestTimeout: requestMs, maxHeaderSize: headerBytesMax }, (request, response) => {
      void this.#answer(request, response)
    })
    server.maxConnections = connectionsMax
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject)
        server.listen({ host, port: Number(address.slice(at + 1)) }, resolve)
      })
    } catch (cause) {
      const detail = cause instanceof Error ? cause.message : String(cause)
      throw new OstiaryError('config.invalid', `Cannot listen on "${address}": ${detail}. Set "listen"`, { cause })
    }
    server.on('error', (error) => this.#log.warn({ error: error.message }, 'health server'))
    this.#server = server
    const { address: ip, port, family } = server.address() as AddressInfo
    const listening = family === 'IPv6' ? `[${ip}]:${port}` : `${ip}:${port}`
    this.#log.info({ address: listening }, 'answering /metrics, /livez and /readyz')
    return listening
  }

  /** Stops answering; a scrape under way is cut off. */
  async close(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (server === undefined) return
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    server.closeAllConnections()
    await closed
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, type, body } = await this.#answerTo(request)
    response.writeHead(status, {
      'content-type': type,
      'content-length': Buffer.byteLength(body),
      'cache-control': 'no-store',
      ...(status === 405 ? { allow: 'GET, HEAD' } : {}),
    })
    response.end(request.method === 'HEAD' ? undefined : body)
  }

  async #answerTo(request: IncomingMessage): Promise<Answer> {
    if (request.method !== 'GET' && request.method !== 'HEAD') return json(405, { error: 'only GET and HEAD' })
    switch (request.url?.split('?', 1)[0]) {
      case '/metrics':
        return this.#metrics(request.headers.accept ?? '')
      case '/livez':
        return this.#failure === undefined
          ? json(200, { live: true })
          : json(503, { live: false, reason: this.#failure })
      case '/readyz': {
        const reasons = this.unready()
        const ready = Object.keys(reasons).length === 0
        return json(ready ? 200 : 503, { ready, reasons })
      }
      default:
        return json(404, { error: 'there are /metrics, /livez and /readyz' })
    }
  }

  async #metrics(accept: string): Promise<Answer> {
    const isOpen = accept.includes('application/openmetrics-text')
    try {
      for (const tell of this.#beforeScrapes) tell()
      const metrics = await this.registry.getMetricsAsJSON()
      return isOpen
        ? { status: 200, type: Registry.OPENMETRICS_CONTENT_TYPE, body: expositionOf(metrics, 'openmetrics') }
        : { status: 200, type: Registry.PROMETHEUS_CONTENT_TYPE, body: expositionOf(metrics, 'prometheus') }
    } catch (error) {
      this.#log.warn({ error: error instanceof Error ? error.message : String(error) }, 'cannot collect metrics')
      return json(500, { error: 'cannot collect metrics; the log says why' })
    }
  }
}

function json(status: number, value: object): Answer {
  return { status, type: 'application/json; charset=utf-8', body: `${JSON.stringify(value)}\n` }
}
