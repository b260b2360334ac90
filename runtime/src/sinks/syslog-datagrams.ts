import { createSocket, type Socket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import type { Logger } from '../log/logger.ts'
import { type Attempt, keepTrying, type RetryOptions } from './keep-trying.ts'
import type { SinkCounts } from './sink.ts'
import type { SyslogAddress } from './syslog-address.ts'

/**
 * Sends each message as a datagram (RFC 5426), again only while this machine cannot send it at all. Whether it arrives, nobody
 * says.
 */
export class SyslogDatagrams {
  readonly #address: SyslogAddress
  readonly #action: string
  readonly #log: Logger
  readonly #counts: SinkCounts
  readonly #retry: RetryOptions
  readonly #socket: Socket

  constructor(action: string, address: SyslogAddress, counts: SinkCounts, retry: RetryOptions) {
    this.#address = address
    this.#action = action
    this.#log = retry.log
    this.#counts = counts
    this.#retry = retry
    this.#socket = createSocket(isIPv6(address.host) ? 'udp6' : 'udp4')
    // Without a listener an error of the socket would end the process; each datagram's own comes with its callback.
    this.#socket.on('error', (error) => this.#log.warn({ error: error.message }, action))
  }

  async send(messages: readonly Buffer[]): Promise<void> {
    for (const message of messages) {
      const result = await keepTrying(this.#action, () => this.#attempt(message), this.#retry)
      if (result.outcome === 'taken') this.#counts.sent += 1
      else {
        this.#counts.lost += 1
        this.#log.error({ why: result.why, bytes: message.length }, `${this.#action}: an alert is lost`)
      }
    }
  }

  close(): void {
    this.#socket.close()
  }

  #attempt(message: Buffer): Promise<Attempt> {
    const { host, port } = this.#address
    return new Promise((resolve) => {
      this.#socket.send(message, port, host, (error) => {
        if (error === null) return resolve({ outcome: 'taken' })
        const why = (error as NodeJS.ErrnoException).code ?? error.message
        resolve({ outcome: why === 'EMSGSIZE' ? 'refused' : 'away', why })
      })
    })
  }
}
