import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@ostiary/runtime/kafka'
import { stringify } from 'yaml'

/** Something that is scraped, with its labels. */
export interface Target {
  readonly address: string
  readonly labels: Readonly<Record<string, string>>
}

/** A series that a query gave: its labels, and its values in order of time. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>
  readonly values: readonly number[]
}

interface Answer {
  readonly status: string
  readonly error?: string
  readonly data: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>
      readonly values: readonly [number, string][]
    }[]
  }
}

/** How long it may take to answer, on a machine that does much else. */
const readyMsMax = 60_000

/** A Prometheus of the test's own, on a free port of this machine. It scrapes and evaluates every second. */
export class Prometheus {
  readonly url: string
  readonly #process: ChildProcess
  readonly #folder: string

  private constructor(url: string, process: ChildProcess, folder: string) {
    this.url = url
    this.#process = process
    this.#folder = folder
  }

  /**
   * @param rules a file of rules, as text
   * @param alertmanagerUrl who is told of alerts
   */
  static async open(targets: readonly Target[], rules: string, alertmanagerUrl: string): Promise<Prometheus> {
    const folder = mkdtempSync(join(tmpdir(), 'ostiary-prometheus-'))
    const config = {
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      rule_files: ['rules.yml'],
      alerting: { alertmanagers: [{ static_configs: [{ targets: [new URL(alertmanagerUrl).host] }] }] },
      scrape_configs: [
        {
          job_name: 'ostiary',
          static_configs: targets.map(({ address, labels }) => ({ targets: [address], labels })),
        },
      ],
    }
    writeFileSync(join(folder, 'prometheus.yml'), stringify(config))
    writeFileSync(join(folder, 'rules.yml'), rules)
    const url = `http://127.0.0.1:${await freePort()}`
    const child = spawn(
      'prometheus',
      [
        ...[`--config.file=${join(folder, 'prometheus.yml')}`, `--storage.tsdb.path=${join(folder, 'data')}`],
        ...[`--web.listen-address=${new URL(url).host}`, '--enable-feature=exemplar-storage'],
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    )
    const opened = new Prometheus(url, child, folder)
    try {
      await ready(url, child)
    } catch (error) {
      await opened.close()
      throw error
    }
    return opened
  }

  /** What a query gives over the last seconds. @throws Error with what Prometheus says is wrong in the query */
  async range(query: string, seconds: number): Promise<readonly Series[]> {
    const end = Date.now() / 1000
    const form = new URLSearchParams({ query, start: `${end - seconds}`, end: `${end}`, step: '2' })
    const answer = (await (
      await fetch(`${this.url}/api/v1/query_range`, { method: 'POST', body: form })
    ).json()) as Answer
    if (answer.status !== 'success') throw new Error(`${query}: ${answer.error}`)
    return answer.data.result.map(({ metric, values }) => ({
      labels: metric,
      values: values.map(([, value]) => Number(value)),
    }))
  }

  /** An answer of its API, as text. */
  async text(path: string): Promise<string> {
    return (await fetch(`${this.url}${path}`)).text()
  }

  async close(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.pid !== undefined) {
      const ended = new Promise((resolve) => this.#process.once('exit', resolve))
      this.#process.kill('SIGKILL')
      await ended
    }
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

async function ready(url: string, child: ChildProcess): Promise<void> {
  let said = ''
  let failure: Error | undefined
  child.stderr?.on('data', (chunk: Buffer) => {
    said = `${said}${chunk.toString('utf8')}`.slice(-4096)
  })
  child.once('error', (error: NodeJS.ErrnoException) => {
    failure = error.code === 'ENOENT' ? new Error('prometheus is not installed: apt-get install prometheus') : error
  })
  child.once('exit', (code) => {
    failure ??= new Error(`prometheus ended with ${code}: ${said}`)
  })
  for (const startedMs = Date.now(); Date.now() - startedMs < readyMsMax; ) {
    if (failure !== undefined) throw failure
    const answers = await fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (answers) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`prometheus was not ready within ${readyMsMax} ms: ${said}`)
}
