import { execFileSync } from 'node:child_process'
import { createWriteStream, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createEnricher } from '@ostiary/models'
import {
  type Config,
  createLogger,
  defaultCacheFolder,
  type Logger,
  loadArtefact,
  loadOrCreateKey,
  loadTables,
  resolveConfig,
  starterArtefactFolder,
} from '@ostiary/runtime'
import { connect, SchemaClient, topicPlans } from '@ostiary/runtime/kafka'
import type { Admin } from 'kafkajs'
import { Dice } from '../fuzz/dice.ts'
import { writeSampleModel } from '../sample-model.ts'
import { findingsByIdentity } from './check-fold.ts'
import { type CheckedEnds, checkLogs } from './check-logs.ts'
import { Cluster } from './cluster.ts'
import { Differences } from './differences.ts'
import { drained } from './drained.ts'
import { type FaultKind, Faults, instancesFirst, services } from './faults.ts'
import { Feed } from './feed.ts'
import { Fleet } from './fleet.ts'
import type { LawSetting } from './laws.ts'
import { countLogs, type LogCounts } from './log-counts.ts'
import { bodyOf, type Logs, recordsOf } from './log-record.ts'
import { rawStream, recordBytesMax } from './raw-stream.ts'
import { type LogReading, readLogs } from './read-logs.ts'
import { putInForce, takeBack } from './said.ts'

export interface CampaignOptions {
  /** Processes to kill. */
  readonly kills: number
  readonly seed: number
  readonly rawPartitions: number
  readonly eventPartitions: number
  /** Raw records for each kill. */
  readonly recordsPerKill: number
  /** Faults to deal, over and over; all kinds unless given. */
  readonly deck?: readonly FaultKind[] | undefined
  /** The command that runs services: a JavaScript file that takes `run <service>`. */
  readonly program: string
  /** An empty folder. Holds everything, the logs of all processes too. */
  readonly folder: string
  /** How long all of it may take. */
  readonly timeoutMs: number
  /** Says what happens, in a line. */
  readonly tell: (text: string) => void
}

/** What a campaign came to. */
export interface CampaignResult {
  readonly seed: number
  readonly kills: number
  readonly byKind: ReadonlyMap<FaultKind, number>
  readonly records: number
  readonly ends: CheckedEnds
  readonly findings: number
  readonly counts: LogCounts
  readonly endedByThemselves: readonly string[]
  readonly killedAtStop: readonly string[]
  readonly ms: { readonly faults: number; readonly drain: number; readonly check: number }
  readonly hasOwnDisk: boolean
  readonly differences: Differences
}

/** A service that is silent for this long loses its partitions. */
const sessionMs = 6000
/** About how long a kill and what lies between it and the next take, to pace the records by. */
const killMs = 4000
/** How long services may take to work off what the faults left. */
const drainMsMax = 240_000
const dayMs = 86_400_000

/** Sessions, snapshots and transactions are short, so that faults meet many of their beginnings and ends. */
const settings: NodeJS.ProcessEnv = {
  OSTIARY_SESSION_MS: `${sessionMs / 1000}s`,
  OSTIARY_SNAPSHOT_MS: '2s',
  OSTIARY_SNAPSHOT_RECORDS_MAX: '300',
  OSTIARY_TRANSACTION_EVENTS_MAX: '50',
  OSTIARY_RECORD_BYTES_MAX: String(recordBytesMax),
}

/** One set of topics with services on it. */
interface Run {
  readonly config: Config
  readonly admin: Admin
  readonly fleet: Fleet
  readonly feed: Feed
  readonly reading: LogReading
}

/**
 * Kills, stops and starves services and broker while records flow, lets them come to rest, and holds what lies in the topics
 * to the laws. With one partition of `access.raw` it also runs the same records undisturbed, and compares the findings of each
 * identity; with one of `access.events` the alerts, too.
 */
export class Campaign {
  readonly #options: CampaignOptions
  readonly #log: Logger
  readonly #keyFile: string
  readonly #startedMs = performance.now()
  /** The end of a suppression, alike in both runs. */
  readonly #quietUntil = new Date(Date.now() + dayMs).toISOString()
  readonly #runs: Run[] = []
  #cluster: Cluster | undefined

  constructor(options: CampaignOptions) {
    this.#options = options
    this.#keyFile = join(options.folder, 'key')
    mkdirSync(join(options.folder, 'logs'), { recursive: true })
    const to = createWriteStream(join(options.folder, 'logs', 'torture.log'))
    this.#log = createLogger({ level: 'info', service: 'ostiary-torture', version: '0', to })
    loadOrCreateKey(this.#keyFile)
    writeSampleModel(join(options.folder, 'model'), { seed: 7, autoencoderWeight: 0.9, morePageBits: 1 })
  }

  async run(): Promise<CampaignResult> {
    const { tell, folder, kills, seed, rawPartitions } = this.#options
    tell('starting a broker and a registry')
    this.#cluster = await Cluster.start(folder)
    const { hasOwnDisk } = this.#cluster
    const disturbed = await this.#begin('disturbed.')
    const faults = new Faults({
      cluster: this.#cluster,
      fleet: disturbed.fleet,
      feed: disturbed.feed,
      dice: new Dice(seed),
      sessionMs,
      deck: this.#options.deck,
      tell: (text) => tell(`${faults.kills} of ${kills} kills: ${text}`),
    })
    const faultsFromMs = performance.now()
    const isOver = (): boolean => this.#leftMs < drainMsMax / 2
    if (rawPartitions > 1) {
      // Where the records have come to by then is another place in each run, so none is compared with.
      await faults.deal(Math.ceil(kills / 2), isOver)
      await faults.settled()
      tell('taking the model and the suppression back')
      await takeBack(disturbed.config, this.#log)
    }
    await faults.deal(kills, isOver)
    await faults.settled()
    const drainFromMs = performance.now()
    const differences = new Differences()
    if (faults.kills < kills) differences.add('time', `${faults.kills} kills in the time there was for ${kills}`)
    await this.#finish(disturbed)
    const checkFromMs = performance.now()
    tell('reading everything back')
    const logs = await readLogs(disturbed.reading)
    tell('checking')
    const ends = checkLogs(logs, disturbed.feed.produced, await this.#lawSetting(disturbed.config), differences)
    const counts = countLogs(disturbed.fleet.logFiles)
    for (const defect of counts.defects) differences.add('defects', defect)
    for (const end of disturbed.fleet.endedByThemselves) differences.add('ended', end)
    for (const name of disturbed.fleet.killedAtStop) differences.add('ended', `${name}: not, when it was told to`)
    if (rawPartitions === 1) await this.#compareUndisturbed(logs, differences)
    return {
      seed,
      kills: faults.kills,
      byKind: faults.byKind,
      records: disturbed.feed.produced.length,
      ends,
      findings: recordsOf(logs, 'access.findings').length,
      counts,
      endedByThemselves: disturbed.fleet.endedByThemselves,
      killedAtStop: disturbed.fleet.killedAtStop,
      ms: {
        faults: drainFromMs - faultsFromMs,
        drain: checkFromMs - drainFromMs,
        check: performance.now() - checkFromMs,
      },
      hasOwnDisk,
      differences,
    }
  }

  /** Ends everything that was started. */
  async close(): Promise<void> {
    for (const { fleet, feed, admin } of this.#runs) {
      await fleet.kill()
      await feed.close()
      await admin.disconnect().catch(() => undefined)
    }
    await this.#cluster?.close()
  }

  get #leftMs(): number {
    return this.#options.timeoutMs - (performance.now() - this.#startedMs)
  }

  /** Makes topics, starts services, and begins to send. */
  async #begin(topicPrefix: string): Promise<Run> {
    const { rawPartitions, eventPartitions, kills, recordsPerKill, seed, folder, program, tell } = this.#options
    const { brokers, registryUrl } = this.#cluster!
    const { PATH, HOME, XDG_CACHE_HOME } = process.env
    const own = { OSTIARY_BROKERS: brokers, OSTIARY_REGISTRY_URL: registryUrl, OSTIARY_TOPIC_PREFIX: topicPrefix }
    const env = { PATH, HOME, XDG_CACHE_HOME, ...settings, ...own }
    const config = resolveConfig({ env })
    const kafka = connect(config, {}, this.#log, 'torture')
    const admin = kafka.admin()
    await admin.connect()
    tell('making topics')
    await admin.createTopics({
      waitForLeaders: true,
      topics: topicPlans({ topicPrefix, rawPartitions, eventsPartitions: eventPartitions, replication: 1 }).map(
        ({ topic, partitions, configs }) => ({
          topic,
          numPartitions: partitions,
          replicationFactor: 1,
          configEntries: Object.entries(configs).map(([name, value]) => ({ name, value })),
        }),
      ),
    })
    const fleet = new Fleet({ folder: join(folder, 'logs'), program, keyFile: this.#keyFile, env })
    const records = kills * recordsPerKill
    const feed = new Feed({
      kafka,
      topic: `${topicPrefix}access.raw`,
      tenant: config.tenant,
      stream: rawStream({ seed, records, oneDay: rawPartitions === 1 }),
      perSecond: (recordsPerKill * 1000) / killMs,
      log: this.#log,
    })
    const reading = { kafka, admin, schemas: new SchemaClient(config, {}), topicPrefix }
    const run = { config, admin, fleet, feed, reading }
    this.#runs.push(run)
    await putInForce(config, this.#log, join(folder, 'model'), this.#quietUntil)
    await feed.start()
    for (const service of services)
      for (let instance = 0; instance < instancesFirst[service]; instance++) fleet.start(service)
    return run
  }

  /** Sends the rest, waits until all of it is worked off, and ends the services in order. */
  async #finish({ feed, fleet, reading }: Run): Promise<void> {
    const { tell } = this.#options
    tell('sending the rest')
    await feed.finish()
    const timeoutMs = Math.max(1000, Math.min(drainMsMax, this.#leftMs))
    await drained({ ...reading, timeoutMs, tell })
    tell('ending the services')
    await fleet.close()
    await feed.close()
  }

  async #compareUndisturbed(logs: Logs, differences: Differences): Promise<void> {
    this.#options.tell('the same, undisturbed')
    const undisturbed = await this.#begin('undisturbed.')
    await this.#finish(undisturbed)
    const others = await readLogs(undisturbed.reading)
    checkLogs(others, undisturbed.feed.produced, await this.#lawSetting(undisturbed.config), differences)
    differences.compareGroups('undisturbed', findingsByIdentity(others), findingsByIdentity(logs))
    // Of several partitions, findings reach the desk as they happen to interleave, and its budget goes by their order.
    if (this.#options.eventPartitions > 1) return
    const alertsOf = (of: Logs): Buffer[] => recordsOf(of, 'access.alerts').map(bodyOf)
    differences.compareLists('undisturbed', 'access.alerts', alertsOf(others), alertsOf(logs))
  }

  async #lawSetting(config: Config): Promise<LawSetting> {
    const tables = await loadTables({ cacheFolder: defaultCacheFolder(process.env) })
    const key = loadOrCreateKey(this.#keyFile)
    return {
      config,
      model: await loadArtefact(starterArtefactFolder()),
      tables,
      enrich: createEnricher({ tenantUid: config.tenant, key, tables }),
      codeVersion: execFileSync(process.execPath, [this.#options.program, '--version'], { encoding: 'utf8' }).trim(),
    }
  }
}
