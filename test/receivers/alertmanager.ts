import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** An alert as Alertmanager's API gives it. */
export interface HeldAlert {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly startsAt: string
  readonly endsAt: string
  readonly generatorURL: string
}

/** A Prometheus Alertmanager of the test's own, on a free port of this machine. */
export class Alertmanager {
  readonly url: string
  readonly #process: ChildProcess
  readonly #folder: string

  private constructor(url: string, process: ChildProcess, folder: string) {
    this.url = url
    this.#process = process
    this.#folder = folder
  }

  /** @param webhookUrl where it sends its notifications, at once */
  static async open(webhookUrl?: string): Promise<Alertmanager> {
    const folder = mkdtempSync(join(tmpdir(), 'ostiary-alertmanager-'))
    const config = join(folder, 'config.json')
    const webhook = webhookUrl === undefined ? {} : { webhook_configs: [{ url: webhookUrl, send_resolved: true }] }
    const atOnce = { group_by: ['...'], group_wait: '0s', group_interval: '1s', repeat_interval: '1h' }
    const route = { receiver: 'soc', ...(webhookUrl === undefined ? {} : atOnce) }
    writeFileSync(config, JSON.stringify({ route, receivers: [{ name: 'soc', ...webhook }] }))
    const flags = [`--config.file=${config}`, `--storage.path=${folder}`, '--cluster.listen-address=']
    const child = spawn('prometheus-alertmanager', [...flags, '--web.listen-address=127.0.0.1:0'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const port = await new Promise<string>((resolve, reject) => {
      let text = ''
      child.once('error', (error: NodeJS.ErrnoException) =>
        reject(
          error.code === 'ENOENT'
            ? new Error('prometheus-alertmanager is not installed: apt-get install prometheus-alertmanager')
            : error,
        ),
      )
      child.once('exit', (code) => reject(new Error(`prometheus-alertmanager ended with ${code}: ${text}`)))
      child.stderr?.on('data', (chunk: Buffer) => {
        text = `${text}${chunk.toString('utf8')}`.slice(-8192)
        const found = /address=127\.0\.0\.1:(\d+)/.exec(text)
        if (found) resolve(found[1]!)
      })
    }).catch((error: unknown) => {
      rmSync(folder, { recursive: true, force: true })
      throw error
    })
    return new Alertmanager(`http://127.0.0.1:${port}`, child, folder)
  }

  /** What is firing for a tenant. */
  async alertsOf(tenant: string): Promise<readonly HeldAlert[]> {
    const filter = encodeURIComponent(`tenant="${tenant}"`)
    const answer = await fetch(`${this.url}/api/v2/alerts?filter=${filter}`)
    return (await answer.json()) as HeldAlert[]
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve))
    this.#process.kill('SIGKILL')
    await ended
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
