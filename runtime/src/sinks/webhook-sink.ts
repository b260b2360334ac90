import { createHmac } from 'node:crypto'
import { OstiaryError } from '@ostiary/schemas'
import { HttpDelivery, type HttpSinkOptions } from './http-delivery.ts'
import type { AlertLine, ForwardingSink } from './sink.ts'

export interface WebhookOptions extends HttpSinkOptions {
  /** Signs every request; both sides have it and nobody else. */
  readonly secret: string
}

const secretBytesMin = 16

/**
 * Alerts as signed POST requests, one an alert, its line as the body. docs/spec/sinks.md tells how to verify them.
 *
 * @throws OstiaryError `config.invalid`
 */
export function webhookSink(line: AlertLine, options: WebhookOptions): ForwardingSink {
  const { secret } = options
  const secretBytes = Buffer.byteLength(secret)
  if (secretBytes < secretBytesMin)
    throw new OstiaryError(
      'config.invalid',
      `Cannot sign alerts: the secret has ${secretBytes} bytes; give at least ${secretBytesMin}, as "openssl rand -hex 32" makes`,
    )
  const delivery = new HttpDelivery(options, 1, ([alert]) => {
    const body = line(alert!)
    return {
      body,
      headers: {
        'Content-Type': 'application/json; charset=utf-8',
        'User-Agent': 'ostiary',
        'Idempotency-Key': `${headerSafe(alert!.finding_uid)}.${alert!.revision}`,
        'Ostiary-Signature': signatureOf(body, secret, Math.floor(Date.now() / 1000)),
      },
    }
  })
  return {
    id: 'webhook',
    counts: delivery.counts,
    write: (alert) => delivery.write(alert),
    flush: () => delivery.flush(),
    close: () => delivery.close(),
  }
}

/** The time is signed too, so that a receiver can refuse a request that was recorded and is played again. */
function signatureOf(body: string, secret: string, atSeconds: number): string {
  const mac = createHmac('sha256', secret).update(`${atSeconds}.${body}`).digest('hex')
  return `t=${atSeconds},v1=${mac}`
}

/** Ids of ours are letters, digits and dashes; others are written as in a URL, since no request can be made with them. */
function headerSafe(uid: string): string {
  return uid.replace(/[^\w.~-]+/g, (odd) =>
    [...Buffer.from(odd, 'utf8')].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  )
}
