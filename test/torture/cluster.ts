import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, statfsSync, symlinkSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort, type LocalKafka, type LocalRegistry, startKafka, startRegistry } from '@ostiary/runtime/kafka'

const brokerHeapMb = 256
const registryHeapMb = 192
/** What the broker's disk holds, where it is one of its own: enough for a campaign, and soon filled. */
const diskMb = 1024
const fillerBytes = 8 * 1024 * 1024
/** A broker that cannot write ends itself; after this it is let be. */
const endMsMax = 6000

/** A broker and a registry that a campaign ends and starts again, on the same folders and ports. */
export class Cluster {
  readonly brokers: string
  readonly registryUrl: string
  /** Whether the broker's folder is a disk of its own, which can be filled. */
  readonly hasOwnDisk: boolean
  readonly #folder: string
  readonly #kafkaPort: number
  readonly #registryPort: number
  #kafka: LocalKafka | undefined
  #registry: LocalRegistry | undefined
  readonly #onExit: () => void

  private constructor(folder: string, kafkaPort: number, registryPort: number) {
    this.#folder = folder
    this.#kafkaPort = kafkaPort
    this.#registryPort = registryPort
    this.brokers = `127.0.0.1:${kafkaPort}`
    this.registryUrl = `http://127.0.0.1:${registryPort}/apis/ccompat/v7`
    mkdirSync(this.#kafkaFolder, { recursive: true })
    this.hasOwnDisk = mounted(this.#kafkaFolder)
    this.#keepLogs()
    this.#onExit = () => this.#unmount()
    process.once('exit', this.#onExit)
  }

  static async start(folder: string): Promise<Cluster> {
    const cluster = new Cluster(folder, await freePort(), await freePort())
    try {
      await Promise.all([cluster.startBroker(), cluster.startRegistry()])
    } catch (error) {
      await cluster.close()
      throw error
    }
    return cluster
  }

  get #kafkaFolder(): string {
    return join(this.#folder, 'kafka')
  }

  async startBroker(): Promise<void> {
    this.#kafka = await startKafka({
      dataFolder: this.#kafkaFolder,
      port: this.#kafkaPort,
      heapMb: brokerHeapMb,
    })
  }

  async killBroker(): Promise<void> {
    await this.#kafka?.kill()
  }

  async startRegistry(): Promise<void> {
    this.#registry = await startRegistry({
      dataFolder: join(this.#folder, 'registry'),
      port: this.#registryPort,
      heapMb: registryHeapMb,
    })
  }

  async killRegistry(): Promise<void> {
    await this.#registry?.kill()
  }

  /** Makes the registry deaf: connections are taken and never answered. */
  pauseRegistry(): void {
    if (this.#registry !== undefined) process.kill(this.#registry.pid, 'SIGSTOP')
  }

  resumeRegistry(): void {
    if (this.#registry !== undefined) process.kill(this.#registry.pid, 'SIGCONT')
  }

  /**
   * Fills the broker's disk, waits until the broker has ended of it, and frees the disk.
   *
   * @returns whether it ended; then it has to be started again
   */
  async fillDisk(): Promise<boolean> {
    const path = join(this.#kafkaFolder, 'filler')
    const file = await open(path, 'w')
    try {
      const { bavail, bsize } = statfsSync(this.#kafkaFolder)
      const zeros = Buffer.alloc(fillerBytes)
      for (let left = bavail * bsize; left > 0; left -= zeros.length) await file.write(zeros)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    } finally {
      await file.close()
    }
    const ended = await Promise.race([this.#kafka!.ended.then(() => true), sleep(endMsMax, false, { ref: false })])
    rmSync(path, { force: true })
    return ended
  }

  async close(): Promise<void> {
    await Promise.all([this.#kafka?.kill(), this.#registry?.kill()])
    process.off('exit', this.#onExit)
    this.#unmount()
  }

  /** What the broker says is kept beside the logs of the services: it outlives its disk, and is written when that is full. */
  #keepLogs(): void {
    const logs = join(this.#folder, 'logs')
    mkdirSync(logs, { recursive: true })
    for (const name of ['kafka.log', 'kafka.out']) {
      writeFileSync(join(logs, name), '')
      symlinkSync(join(logs, name), join(this.#kafkaFolder, name))
    }
  }

  #unmount(): void {
    if (this.hasOwnDisk) execFileSync('umount', ['--lazy', this.#kafkaFolder], { stdio: 'ignore' })
  }
}

/** Puts a small disk of memory there; that takes rights that not everybody has. */
function mounted(folder: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${diskMb}m`, 'tmpfs', folder], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
