import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Certificate } from './certificate.ts'
import { type ParsedSyslog, parseSyslog } from './parse-syslog.ts'

export interface RsyslogOptions {
  /** Receives over TLS, under this certificate, beside TCP and UDP. */
  readonly tls?: Certificate
  /** Takes only senders whose certificate it trusts. */
  readonly withClientCertificate?: boolean
}

/** An rsyslogd of the test's own, on free ports of this machine. Whatever it has read is in its file at once. */
export class Rsyslog {
  /** By protocol; TLS only where it was asked for. */
  readonly urls: Readonly<Record<'tcp' | 'udp' | 'tls', string>>
  readonly #process: ChildProcess
  readonly #folder: string

  private constructor(urls: Rsyslog['urls'], process: ChildProcess, folder: string) {
    this.urls = urls
    this.#process = process
    this.#folder = folder
  }

  static async open(options: RsyslogOptions = {}): Promise<Rsyslog> {
    const folder = mkdtempSync(join(tmpdir(), 'ostiary-rsyslog-'))
    const udpPort = await freeUdpPort()
    writeFileSync(join(folder, 'conf'), configOf(folder, udpPort, options))
    const child = spawn('rsyslogd', ['-n', '-f', join(folder, 'conf'), '-i', join(folder, 'pid')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    try {
      const ended = endOf(child)
      const portOf = (name: string): Promise<string> => Promise.race([portIn(join(folder, name), child), ended])
      const [tcp, tls] = [await portOf('tcp-port'), options.tls === undefined ? '0' : await portOf('tls-port')]
      const at = (port: string | number): string => `127.0.0.1:${port}`
      return new Rsyslog(
        { tcp: `tcp://${at(tcp)}`, tls: `tls://${at(tls)}`, udp: `udp://${at(udpPort)}` },
        child,
        folder,
      )
    } catch (error) {
      child.kill('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
      throw error
    }
  }

  /** What it has received from a host, read strictly. */
  messagesOf(host: string): readonly ParsedSyslog[] {
    const file = join(this.#folder, 'out')
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : []
    return lines.filter((line) => line.split(' ', 3)[2] === host).map(parseSyslog)
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve))
    this.#process.kill('SIGKILL')
    await ended
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

function configOf(folder: string, udpPort: number, { tls, withClientCertificate }: RsyslogOptions): string {
  const path = (name: string): string => JSON.stringify(join(folder, name))
  if (tls !== undefined) {
    writeFileSync(join(folder, 'cert'), tls.cert)
    writeFileSync(join(folder, 'key'), tls.key, { mode: 0o600 })
  }
  const files = ['CA', 'Cert', 'Key'].map(
    (of) => `DefaultNetstreamDriver${of}File=${path(of === 'Key' ? 'key' : 'cert')}`,
  )
  const input = (name: string, more = ''): string =>
    `input(type="imtcp" port="0" address="127.0.0.1" listenPortFileName=${path(name)} ruleset="all"${more})`
  const auth = withClientCertificate === true ? 'x509/certvalid' : 'anon'
  return [
    `global(workDirectory=${path('')}${tls === undefined ? '' : ` ${files.join(' ')}`})`,
    'module(load="imtcp")',
    'module(load="imudp")',
    'template(name="raw" type="string" string="%rawmsg%\\n")',
    // Without a queue: who has read a message writes it, and only then reads on.
    'ruleset(name="all" queue.type="Direct") {',
    `  action(type="omfile" file=${path('out')} template="raw" flushOnTXEnd="on" asyncWriting="off")`,
    '}',
    `input(type="imudp" port="${udpPort}" address="127.0.0.1" ruleset="all")`,
    input('tcp-port', ' streamDriver.name="ptcp" streamDriver.mode="0" streamDriver.authMode="anon"'),
    ...(tls === undefined
      ? []
      : [input('tls-port', ` streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="${auth}"`)]),
    '',
  ].join('\n')
}

function endOf(child: ChildProcess): Promise<never> {
  return new Promise((_, reject) => {
    let text = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      text = `${text}${chunk.toString('utf8')}`.slice(-8192)
    })
    child.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'ENOENT'
          ? new Error('rsyslogd is not installed: apt-get install rsyslog rsyslog-gnutls')
          : error,
      ),
    )
    child.once('exit', (code) => reject(new Error(`rsyslogd ended with ${code}: ${text}`)))
  })
}

/** Waits for the file in which rsyslogd says on which port it listens. */
async function portIn(file: string, child: ChildProcess): Promise<string> {
  while (child.exitCode === null) {
    const port = existsSync(file) ? readFileSync(file, 'utf8').trim() : ''
    if (port !== '') return port
    await pause(10)
  }
  return '0'
}

async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4')
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  const { port } = socket.address()
  await new Promise<void>((resolve) => socket.close(() => resolve()))
  return port
}
