import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { errorPlace, type Logger, type RecordSplitterOptions, readItems } from '@ostiary/runtime'
import type { RawDelivery, RawProducer } from '@ostiary/runtime/kafka'
import { OstiaryError } from '@ostiary/schemas'
import { bodyBytesMax, bodyTooLong, checkRequest, inflatedBytesMaxDefault, inflatedTooLong } from './check-request.ts'
import { RequestRefusal } from './request-refusal.ts'

/** Senders that are served at a time; further ones are turned away. */
const connectionsMax = 64
const headerBytesMax = 8192
const headersMs = 10_000
const requestMs = 300_000
const keepAliveMs = 5000
/** Bytes of a refused body that are read past, so that its sender comes to read the answer. */
const skippedBytesMax = 1024 * 1024
const ackMsDefault = 30_000
const awaySeconds = '5'
const fullSeconds = '1'

export interface HttpIntakeOptions {
  readonly producer: RawProducer
  readonly isAuthorised: (authorization: string | undefined) => boolean
  readonly read: RecordSplitterOptions
  readonly ackMs?: number | undefined
  /** Bytes a body may inflate to. */
  readonly inflatedBytesMax?: number | undefined
  readonly log: Logger
  /** Items of a request that were refused, by reason. */
  readonly onRefused?: (refused: ReadonlyMap<string, number>) => void
}

/** Takes records over HTTP: `POST /v1/records`, answered once Kafka has them. */
export class HttpIntake {
  readonly #options: HttpIntakeOptions
  readonly #server: Server
  readonly #underWay: Set<ServerResponse> = new Set()
  #isOpen = false
  #closing = false

  constructor(options: HttpIntakeOptions) {
    this.#options = options
    const limits = {
      maxHeaderSize: headerBytesMax,
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      keepAliveTimeout: keepAliveMs,
    }
    const answer = (request: IncomingMessage, response: ServerResponse): void => {
      this.#underWay.add(response)
      response.once('close', () => this.#underWay.delete(response))
      void this.#answer(request, response)
    }
    this.#server = createServer(limits, answer)
    // A sender that asks first is answered before it sends its body.
    this.#server.on('checkContinue', answer)
    this.#server.maxConnections = connectionsMax
  }

  /** @returns the address in use. @throws OstiaryError `config.invalid` */
  async listen(address: string): Promise<string> {
    const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(address)
    if (match === null || Number(match[3]) > 65_535)
      throw new OstiaryError('config.invalid', `Cannot collect at "${address}": give host:port, such as 127.0.0.1:8787`)
    const server = this.#server
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) =>
        reject(new OstiaryError('config.invalid', `Cannot collect at "${address}": ${cause.message}`, { cause })),
      )
      server.listen({ host: match[1] ?? match[2], port: Number(match[3]) }, resolve)
    })
    server.on('error', (error) => this.#options.log.warn({ error: error.message }, 'collecting over HTTP'))
    const { address: ip, port, family } = server.address() as AddressInfo
    return family === 'IPv6' ? `[${ip}]:${port}` : `${ip}:${port}`
  }

  /** Takes requests from now on; until then they are told to come again. */
  open(): void {
    this.#isOpen = true
  }

  /** Takes no further request, and resolves when those under way are answered. */
  async close(): Promise<void> {
    this.#closing = true
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    await Promise.all([...this.#underWay].map((response) => once(response, 'close')))
    // What is left are connections that have asked for nothing.
    this.#server.closeAllConnections()
    await closed
  }

  /** Cuts off whatever is still under way. */
  cutOff(): void {
    this.#server.closeAllConnections()
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { producer, log } = this.#options
    let delivery: RawDelivery | undefined
    let refusal: RequestRefusal | undefined
    try {
      const origin = checkRequest(request, this.#options.isAuthorised)
      this.#checkRoom()
      if (request.headers.expect !== undefined) response.writeContinue()
      delivery = producer.delivery(origin)
      await this.#take(request, delivery)
    } catch (error) {
      if (request.destroyed && !request.complete) {
        log.info({ acknowledged: delivery?.acknowledged ?? 0 }, 'a sender went away before its request was whole')
        response.destroy()
        return
      }
      refusal = refusalOf(error)
      if (refusal.status === 500) log.error(errorPlace(error), 'defect in a request')
    }
    if (delivery !== undefined) this.#options.onRefused?.(delivery.refused)
    this.#write(request, response, refusal ?? bodyRefusal(delivery!), delivery)
  }

  #checkRoom(): void {
    const { producer } = this.#options
    if (this.#closing) throw away('the collector is ending')
    if (!this.#isOpen || producer.away !== undefined || producer.error !== undefined)
      throw away('Kafka takes no records now')
    if (producer.full)
      throw new RequestRefusal(429, 'too many records wait for Kafka: send this again later', {
        'retry-after': fullSeconds,
      })
  }

  async #take(request: IncomingMessage, delivery: RawDelivery): Promise<void> {
    const { read, ackMs = ackMsDefault, inflatedBytesMax = inflatedBytesMaxDefault } = this.#options
    let inflated = 0
    const options = {
      ...read,
      stdin: Readable.from(bodyOf(request)),
      onInflated: (bytes: number) => {
        inflated += bytes
        if (inflated > inflatedBytesMax) throw inflatedTooLong(inflatedBytesMax)
      },
    }
    for await (const items of readItems('-', options)) {
      for (const item of items) {
        const room = delivery.take(item)
        if (room !== undefined) await inTime(ackMs, room)
      }
    }
    await inTime(ackMs, delivery.settled())
  }

  #write(
    request: IncomingMessage,
    response: ServerResponse,
    refusal: RequestRefusal | undefined,
    delivery: RawDelivery | undefined,
  ): void {
    const counts =
      delivery === undefined
        ? {}
        : {
            accepted: delivery.acknowledged,
            rejected: delivery.refusedCount,
            ...(delivery.refusedCount === 0
              ? {}
              : { reasons: Object.fromEntries(delivery.refused), rejects: delivery.refusals }),
          }
    // Whoever asked whether to send a body and was refused will not send it: what comes next would be taken for it.
    const isUnsent = delivery === undefined && request.headers.expect !== undefined
    const body = `${JSON.stringify({ ...counts, ...(refusal === undefined ? {} : { error: refusal.message }) })}\n`
    response.writeHead(refusal?.status ?? 202, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
      'cache-control': 'no-store',
      ...(this.#closing || isUnsent ? { connection: 'close' } : {}),
      ...refusal?.headers,
    })
    response.end(body)
    if (!request.complete) skipRest(request)
  }
}

/** A body in chunks. Unlike the request's own iterator it leaves the connection open, for the answer. */
async function* bodyOf(request: IncomingMessage): AsyncGenerator<Buffer> {
  let bytes = 0
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > bodyBytesMax) throw bodyTooLong()
    yield chunk
  }
}

/** Waits for Kafka, but not for ever. */
async function inTime(ms: number, promise: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  try {
    await Promise.race([
      promise,
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(away('Kafka did not acknowledge the records in time')), ms)
      }),
    ])
  } finally {
    clearTimeout(timer)
  }
}

function away(reason: string): RequestRefusal {
  return new RequestRefusal(503, `${reason}: send all of this again later; what comes twice counts once`, {
    'retry-after': awaySeconds,
  })
}

function refusalOf(error: unknown): RequestRefusal {
  if (error instanceof RequestRefusal) return error
  return error instanceof OstiaryError && error.code.startsWith('kafka.')
    ? away('Kafka takes no records now')
    : new RequestRefusal(500, 'a defect: the log of the collector tells more')
}

/** The refusal of a body of which not everything was a record. */
function bodyRefusal(delivery: RawDelivery): RequestRefusal | undefined {
  if (delivery.refusedCount > 0) return new RequestRefusal(400, 'not everything was a record: "rejects" tells what')
  return delivery.acknowledged === 0 ? new RequestRefusal(400, 'there is no record in the body') : undefined
}

function skipRest(request: IncomingMessage): void {
  let bytes = 0
  request.on('error', () => undefined)
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > skippedBytesMax) request.destroy()
  })
  request.resume()
}
