import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Attempt } from './keep-trying.ts'
import type { SyslogAddress } from './syslog-address.ts'

export interface SyslogConnectionOptions {
  /** How long nothing may happen. */
  readonly timeoutMs: number
  /** PEM of the authorities to trust, where they are not those that come with Node.js. */
  readonly ca?: string | undefined
  /** PEM of the certificate that is shown to the receiver, and of its key. */
  readonly cert?: string | undefined
  readonly key?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/** Bytes that a receiver may say before it is taken for something else; a receiver of syslog says nothing. */
const answerBytesMax = 65_536
/** How long a receiver that turns us away has for it, beside the time it took to connect. */
const quietMsMin = 20
const quietMsMax = 1000

/**
 * Sends messages over one connection, each with its length before it (RFC 6587, octet counting). Syslog has no receipts. The
 * one sign that everything was read is that the receiver, told that nothing more will come, ends its side too; so there is a
 * connection for each delivery, and what was broken off is sent anew. Whoever turns a client away does so at once, be it a
 * balancer with nobody behind it or a receiver that does not like the certificate: our end waits for a moment so that theirs
 * is not taken for an answer to it. Never rejects.
 */
export function sendOverConnection(
  messages: readonly Buffer[],
  address: SyslogAddress,
  { timeoutMs, signal, ...trust }: SyslogConnectionOptions,
): Promise<Attempt> {
  return new Promise((resolve) => {
    const startedMs = performance.now()
    const socket = open(address, trust)
    let why = 'the receiver closed the connection before it had everything'
    let saidAll = false
    let isTaken = false
    let answeredBytes = 0
    let quiet: NodeJS.Timeout | undefined
    const stop = (): void => void socket.destroy(new Error('stopped'))
    if (signal?.aborted) stop()
    signal?.addEventListener('abort', stop, { once: true })
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`no sign of the receiver for ${timeoutMs} ms`)))
    socket.on('error', (error: NodeJS.ErrnoException) => {
      why = error.code ?? error.message
    })
    socket.once(address.protocol === 'tls' ? 'secureConnect' : 'connect', () => {
      const quietMs = Math.min(quietMsMax, quietMsMin + performance.now() - startedMs)
      socket.write(framed(messages), () => {
        quiet = setTimeout(() => {
          saidAll = true
          socket.end()
        }, quietMs)
      })
    })
    socket.once('end', () => {
      isTaken = saidAll
    })
    socket.once('close', (hadError) => {
      clearTimeout(quiet)
      signal?.removeEventListener('abort', stop)
      resolve(isTaken && !hadError ? { outcome: 'taken' } : { outcome: 'away', why })
    })
    // Read, since what is not would hold back the end.
    socket.on('data', (bytes) => {
      answeredBytes += bytes.length
      if (answeredBytes > answerBytesMax) socket.destroy(new Error('it answers, as no receiver of syslog does'))
    })
  })
}

function open(
  { protocol, host, port }: SyslogAddress,
  trust: Pick<SyslogConnectionOptions, 'ca' | 'cert' | 'key'>,
): Socket {
  if (protocol !== 'tls') return connectTcp({ host, port })
  return connectTls({ host, port, ...Object.fromEntries(Object.entries(trust).filter(([, pem]) => pem !== undefined)) })
}

function framed(messages: readonly Buffer[]): Buffer {
  return Buffer.concat(messages.flatMap((message) => [Buffer.from(`${message.length} `), message]))
}
