import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ServiceId, ServiceProcess } from './service-process.ts'

/** A service that ends by itself is started again after this, as an orchestrator does. */
const restartMs = 1000

export interface FleetOptions {
  readonly folder: string
  /** The command, which takes `run <service>`. */
  readonly program: string
  readonly keyFile: string
  /** Settings of all services, as variables. */
  readonly env: NodeJS.ProcessEnv
}

/** All processes of a campaign's services, by service. */
export class Fleet {
  readonly #options: FleetOptions
  readonly #processes: ServiceProcess[] = []
  #count = 0
  #isClosing = false
  /** Processes that ended although nobody told them to, and how. */
  readonly endedByThemselves: string[] = []
  /** Processes that did not end in order when they were told to. */
  readonly killedAtStop: string[] = []

  constructor(options: FleetOptions) {
    this.#options = options
  }

  /** Those that run, and are not stopped where they stand. */
  active(service: ServiceId): readonly ServiceProcess[] {
    return this.running(service).filter(({ isPaused }) => !isPaused)
  }

  running(service: ServiceId): readonly ServiceProcess[] {
    return this.#processes.filter((one) => one.service === service && !one.isGone)
  }

  /** The logs of all processes there ever were. */
  get logFiles(): readonly string[] {
    return this.#processes.map(({ logFile }) => logFile)
  }

  start(service: ServiceId): ServiceProcess {
    this.#count += 1
    const { program, keyFile, env, folder } = this.#options
    const name = `${service}-${this.#count}`
    const started = new ServiceProcess({
      service,
      name,
      program,
      args: service === 'enricher' ? ['--key', keyFile] : [],
      env,
      logFile: join(folder, `${name}.log`),
    })
    this.#processes.push(started)
    void started.ended.then(() => this.#onEnd(started))
    return started
  }

  async stop(process: ServiceProcess): Promise<void> {
    if (await process.stop()) this.killedAtStop.push(process.name)
  }

  /** Ends all in order. */
  async close(): Promise<void> {
    this.#isClosing = true
    await Promise.all(this.#processes.filter(({ isGone }) => !isGone).map((one) => this.stop(one)))
  }

  /** Ends all as a crash would. */
  async kill(): Promise<void> {
    this.#isClosing = true
    await Promise.all(this.#processes.filter(({ isGone }) => !isGone).map((one) => one.kill()))
  }

  async #onEnd(process: ServiceProcess): Promise<void> {
    if (!process.isWanted) return
    this.endedByThemselves.push(`${process.name}: ${process.end}: ${lastLineOf(process.logFile)}`)
    await sleep(restartMs)
    if (!this.#isClosing) this.start(process.service)
  }
}

/** What it said of its end. */
function lastLineOf(logFile: string): string {
  return readFileSync(logFile, 'utf8').trimEnd().split('\n').at(-1) ?? ''
}
