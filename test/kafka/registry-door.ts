import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A door before a schema registry that lets in by name and password only, as registries of companies do. */
export class RegistryDoor {
  readonly #server: Server
  readonly #registry: URL
  readonly #expected: string
  /** Requests that were turned away. */
  refused = 0

  private constructor(registryUrl: string, username: string, password: string) {
    this.#registry = new URL(registryUrl)
    this.#expected = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
    this.#server = createServer((asked, answer) => this.#pass(asked, answer))
  }

  static async open(registryUrl: string, username: string, password: string): Promise<RegistryDoor> {
    const door = new RegistryDoor(registryUrl, username, password)
    await new Promise<void>((resolve) => door.#server.listen(0, '127.0.0.1', resolve))
    return door
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${this.#registry.pathname}`
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  #pass(asked: IncomingMessage, answer: ServerResponse): void {
    if (asked.headers.authorization !== this.#expected) {
      this.refused += 1
      answer
        .writeHead(401, { 'content-type': 'application/json', 'www-authenticate': 'Basic realm="registry"' })
        .end('{"error_code":401,"message":"Unauthorized"}')
      return
    }
    const { method, url = '/', headers } = asked
    const to = { host: this.#registry.hostname, port: this.#registry.port, method, path: url, headers }
    const passed = request(to, (given) => {
      answer.writeHead(given.statusCode ?? 502, given.headers)
      given.pipe(answer)
    })
    passed.once('error', () => answer.destroy())
    asked.pipe(passed)
  }
}
