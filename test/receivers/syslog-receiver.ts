import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import type { Certificate } from './certificate.ts'
import { framesOf, type ParsedSyslog, parseSyslog } from './parse-syslog.ts'

/**
 * Ways to fail a connection: turn it away at once, end it after one message, end both sides with a reset after one, take nothing
 * and say nothing, talk.
 */
export type SyslogFault = 'away' | 'end' | 'reset' | 'hang' | 'talk'

/** A receiver of syslog on this machine, that takes nothing but what the texts allow and can be told to fail. */
export class SyslogReceiver {
  /** Of connections that were not failed. */
  readonly received: ParsedSyslog[] = []
  /** What was against the rules. */
  readonly errors: unknown[] = []
  connections = 0
  /** How to fail the next connection; `undefined` reads it to its end. */
  faultOf: () => SyslogFault | undefined = () => undefined
  readonly #server: Server
  readonly #sockets: Set<Socket> = new Set()
  #onChange: (() => void)[] = []

  private constructor(tls: Certificate | undefined) {
    const take = (socket: Socket): void => this.#take(socket)
    this.#server = tls === undefined ? createServer({ allowHalfOpen: true }, take) : createTlsServer(tls, take)
    this.#server.on('tlsClientError', () => undefined)
  }

  static async open(tls?: Certificate, port = 0): Promise<SyslogReceiver> {
    const receiver = new SyslogReceiver(tls)
    await new Promise<void>((resolve) => receiver.#server.listen(port, '127.0.0.1', resolve))
    return receiver
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Resolves once a condition on what was received holds. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#onChange.push(resolve))
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  #take(socket: Socket): void {
    this.connections += 1
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket))
    socket.on('error', () => undefined)
    const fault = this.faultOf()
    this.#changed()
    if (fault === 'away') socket.end()
    else if (fault === 'talk') talk(socket)
    else if (fault !== 'hang') this.#read(socket, fault)
  }

  #read(socket: Socket, fault: 'end' | 'reset' | undefined): void {
    let bytes: Buffer = Buffer.alloc(0)
    socket.on('data', (more: Buffer) => {
      bytes = Buffer.concat([bytes, more])
      try {
        const { frames, rest } = framesOf(bytes)
        bytes = rest
        if (frames.length > 0 && fault === 'end') socket.end()
        if (frames.length > 0 && fault === 'reset') socket.resetAndDestroy()
        if (fault === undefined) this.received.push(...frames.map(parseSyslog))
      } catch (error) {
        this.errors.push(error)
      }
      this.#changed()
    })
    socket.on('end', () => {
      if (bytes.length > 0) this.errors.push(new Error(`the end came within a message: ${bytes}`))
      socket.end()
    })
  }

  #changed(): void {
    const waiting = this.#onChange
    this.#onChange = []
    for (const resolve of waiting) resolve()
  }
}

function talk(socket: Socket): void {
  socket.resume()
  const timer = setInterval(() => socket.write(Buffer.alloc(16_384)), 1)
  socket.on('close', () => clearInterval(timer))
}
