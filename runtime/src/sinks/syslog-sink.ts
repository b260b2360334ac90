import { X509Certificate } from 'node:crypto'
import { hostname } from 'node:os'
import { createSecureContext } from 'node:tls'
import { OstiaryError } from '@ostiary/schemas'
import { DeliveryQueue } from './delivery-queue.ts'
import { keepTrying, type RetryOptions } from './keep-trying.ts'
import { type ForwardingSink, newSinkCounts, type SinkCounts } from './sink.ts'
import { type SyslogAddress, syslogAddress } from './syslog-address.ts'
import { sendOverConnection } from './syslog-connection.ts'
import { SyslogDatagrams } from './syslog-datagrams.ts'
import { syslogMessage } from './syslog-message.ts'

export interface SyslogOptions extends Omit<RetryOptions, 'onRetry'> {
  /** `tls://host:port`, `tcp://host:port` or `udp://host:port`. */
  readonly url: string
  readonly productVersion: string
  /** Lets alerts cross a network in clear. */
  readonly allowClear?: boolean | undefined
  /** 0 to 23; 16 (local0) unless given. */
  readonly facility?: number | undefined
  /** Name of the sender; the machine's unless given. */
  readonly hostname?: string | undefined
  /** PEM of the authorities to trust, where they are not those that come with Node.js. */
  readonly ca?: string | undefined
  /** PEM of the certificate that is shown to the receiver, and of its key. */
  readonly cert?: string | undefined
  readonly key?: string | undefined
  /** How long nothing may happen on a connection. */
  readonly timeoutMs?: number | undefined
  /** Alerts that wait or are under way; `write` waits when there are as many. */
  readonly waitingMax?: number | undefined
}

const timeoutMsByDefault = 10_000
const facilityByDefault = 16
/** Alerts of one connection. */
const batchMax = 100

interface Sender {
  send(messages: readonly Buffer[]): Promise<void>
  close(): void
}

/**
 * Alerts as syslog messages (RFC 5424) that hold CEF. Over TCP and TLS until the receiver has read them; over UDP once this
 * machine has sent them.
 *
 * @throws OstiaryError `config.invalid`
 */
export function syslogSink(options: SyslogOptions): ForwardingSink {
  const address = syslogAddress(options.url, options)
  const { facility = facilityByDefault, productVersion, waitingMax } = options
  if (!Number.isInteger(facility) || facility < 0 || facility > 23)
    throw new OstiaryError('config.invalid', `Cannot send syslog of facility "${facility}": it must be 0 to 23`)
  checkTrust(address, options)
  const origin = { facility, hostname: options.hostname ?? hostname(), pid: process.pid, productVersion }
  const counts = newSinkCounts()
  const sender = senderTo(address, counts, options)
  const queue = new DeliveryQueue({
    deliver: (alerts) => sender.send(alerts.map((alert) => syslogMessage(alert, origin))),
    ...{ counts, lanes: 1, batchMax, waitingMax },
  })
  return {
    id: 'syslog',
    counts,
    write: (alert) => queue.write(alert),
    flush: () => queue.flush(),
    async close() {
      try {
        await queue.flush()
      } finally {
        sender.close()
      }
    },
  }
}

function senderTo(address: SyslogAddress, counts: SinkCounts, options: SyslogOptions): Sender {
  const action = `send alerts to ${options.url}`
  const onRetry = (): void => {
    counts.retries += 1
  }
  const retry = { ...options, onRetry }
  if (address.protocol === 'udp') return new SyslogDatagrams(action, address, counts, retry)
  const { ca, cert, key, signal, timeoutMs = timeoutMsByDefault } = options
  return {
    async send(messages) {
      const attempt = () => sendOverConnection(messages, address, { timeoutMs, ca, cert, key, signal })
      await keepTrying(action, attempt, retry)
      counts.sent += messages.length
    },
    close: () => undefined,
  }
}

/** What is no certificate or key is told at once, and not taken for a receiver that is away. */
function checkTrust({ protocol }: SyslogAddress, { ca, cert, key }: SyslogOptions): void {
  const given = Object.entries({ ca, cert, key }).filter(([, pem]) => pem !== undefined)
  if (given.length === 0) return
  const names = given.map(([name]) => name).join(', ')
  if (protocol !== 'tls')
    throw new OstiaryError('config.invalid', `Cannot use ${names} over ${protocol}: they are for tls`)
  if ((cert === undefined) !== (key === undefined))
    throw new OstiaryError('config.invalid', 'Cannot show a certificate: give both the certificate and its key')
  try {
    // The context would pass over what is no certificate, and then trust nobody.
    if (ca !== undefined) new X509Certificate(ca)
    createSecureContext(Object.fromEntries(given))
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause)
    throw new OstiaryError('config.invalid', `Cannot use ${names} for TLS: ${detail}`, { cause })
  }
}
