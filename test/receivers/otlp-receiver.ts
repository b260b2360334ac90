import { spawn } from 'node:child_process'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { pythonWith } from '../python-environment.ts'

const requirements = fileURLToPath(new URL('otlp/requirements.txt', import.meta.url))
const decoder = fileURLToPath(new URL('otlp/decode-spans.py', import.meta.url))

/** A span as OpenTelemetry's own schemas read it. */
export interface ReceivedSpan {
  readonly resource: Readonly<Record<string, unknown>>
  readonly name: string
  readonly kind: string
  readonly traceId: string
  readonly spanId: string
  /** Empty for the first of a trace. */
  readonly parentId: string
  readonly startNs: string
  readonly endNs: string
  /** 2 is an error. */
  readonly status: number
  readonly attributes: Readonly<Record<string, unknown>>
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[]
}

/** Takes OTLP over HTTP as it comes, and has it decoded by the schemas that OpenTelemetry publishes for Python. */
export class OtlpReceiver {
  readonly bodies: Buffer[] = []
  readonly headers: IncomingHttpHeaders[] = []
  readonly paths: Set<string> = new Set()
  readonly url: string
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  static async open(): Promise<OtlpReceiver> {
    let receiver: OtlpReceiver | undefined
    const server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        receiver!.paths.add(`${request.method} ${request.url}`)
        receiver!.headers.push(request.headers)
        receiver!.bodies.push(Buffer.concat(chunks))
        // An empty answer is one that took everything.
        response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end()
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    receiver = new OtlpReceiver(server)
    return receiver
  }

  /** Every span that came, in the order of their beginnings. */
  async spans(): Promise<readonly ReceivedSpan[]> {
    const python = await pythonWith(requirements)
    const lines = this.bodies.map((body) => `${body.toString('base64')}\n`).join('')
    const decoded = await answerOf(python, lines)
    const spans = decoded.split('\n').filter((line) => line !== '')
    return spans
      .map((line) => JSON.parse(line) as ReceivedSpan)
      .sort((a, b) => (BigInt(a.startNs) < BigInt(b.startNs) ? -1 : 1))
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

function answerOf(python: string, input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(python, [decoder], { stdio: ['pipe', 'pipe', 'pipe'] })
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(out).toString('utf8'))
      else
        reject(new Error(`OpenTelemetry's schemas do not read it: ${Buffer.concat(err).toString('utf8').slice(-2000)}`))
    })
    child.stdin.end(input)
  })
}
