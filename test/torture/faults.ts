import { setTimeout as sleep } from 'node:timers/promises'
import type { Dice } from '../fuzz/dice.ts'
import type { Cluster } from './cluster.ts'
import type { Feed } from './feed.ts'
import type { Fleet } from './fleet.ts'
import type { ServiceId, ServiceProcess } from './service-process.ts'

export const services: readonly ServiceId[] = ['enricher', 'detector', 'census', 'desk']

/** Instances that a campaign begins with, and that it adds up to. */
export const instancesFirst: Readonly<Record<ServiceId, number>> = { enricher: 2, detector: 2, census: 1, desk: 1 }
const instancesMax = 3

/** Everything that befalls the services. */
export const faultKinds = [
  'kill a service',
  'kill all of a service',
  'kill the broker',
  'pause past the session',
  'add an instance',
  'remove an instance',
  'registry away',
  'fill the disk',
] as const
export type FaultKind = (typeof faultKinds)[number]

/** How often each lies in the deck that faults are dealt from. */
const cards: Readonly<Record<FaultKind, number>> = {
  'kill a service': 11,
  'kill all of a service': 2,
  'kill the broker': 2,
  'pause past the session': 2,
  'add an instance': 1,
  'remove an instance': 1,
  'registry away': 1,
  'fill the disk': 1,
}

const wholeDeck: readonly FaultKind[] = faultKinds.flatMap((kind) => Array<FaultKind>(cards[kind]).fill(kind))

const gapMsMin = 1000
const gapMsMax = 4000
const restartMsMax = 3000
/** A pause lasts so much longer than a session. */
const beyondSessionMs = 3000
/** Records that keep the services busy when one is paused, so that it is caught at work. */
const burstRecords = 400

export interface FaultsOptions {
  readonly cluster: Cluster
  readonly fleet: Fleet
  readonly feed: Feed
  readonly dice: Dice
  readonly sessionMs: number
  /** What is dealt, over and over; all kinds, some more often than others, unless given. */
  readonly deck?: readonly FaultKind[] | undefined
  /** Says what happens. */
  readonly tell: (text: string) => void
}

/** Deals faults, some of which go on while the next ones come. */
export class Faults {
  readonly #options: FaultsOptions
  /** Processes ended by SIGKILL, of services and of the broker. */
  kills = 0
  readonly byKind: Map<FaultKind, number> = new Map(faultKinds.map((kind) => [kind, 0]))
  #deck: FaultKind[] = []
  readonly #underWay: Set<Promise<void>> = new Set()
  /** One thing at a time befalls the broker, and the registry. */
  #brokerIsDown = false
  #registryIsAway = false
  #failure: unknown

  constructor(options: FaultsOptions) {
    this.#options = options
  }

  /** Deals faults until so many processes were killed, or it is told to stop. */
  async deal(kills: number, isOver: () => boolean): Promise<void> {
    const { dice } = this.#options
    while (this.kills < kills && !isOver()) {
      await sleep(gapMsMin + dice.below(gapMsMax - gapMsMin))
      this.#throwFailure()
      this.#perform(this.#nextKind())
    }
  }

  /** Resolves when everything is as it should be again: all are started and nobody is paused. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay)
    this.#throwFailure()
    const { fleet } = this.#options
    for (const service of services) if (fleet.running(service).length === 0) fleet.start(service)
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure
  }

  #nextKind(): FaultKind {
    const { dice, cluster, deck = wholeDeck } = this.#options
    if (this.#deck.length === 0) this.#deck = [...deck]
    const kind = this.#deck.splice(dice.below(this.#deck.length), 1)[0]!
    return kind === 'fill the disk' && !cluster.hasOwnDisk ? 'kill the broker' : kind
  }

  #perform(kind: FaultKind): void {
    const { dice } = this.#options
    const service = services[dice.below(services.length)]!
    const waitMs = dice.below(restartMsMax)
    const hard = dice.oneIn(2)
    const happened = this.#action(kind, service, waitMs, hard)
    if (happened === undefined) return
    this.byKind.set(kind, this.byKind.get(kind)! + 1)
    const done = happened.catch((error: unknown) => {
      this.#failure ??= error
    })
    this.#underWay.add(done)
    void done.then(() => this.#underWay.delete(done))
  }

  /** Begins a fault; nothing where it cannot be had now. */
  #action(kind: FaultKind, service: ServiceId, waitMs: number, hard: boolean): Promise<void> | undefined {
    switch (kind) {
      case 'kill a service':
        return this.#kill(service, 1, waitMs)
      case 'kill all of a service':
        return this.#kill(service, Number.POSITIVE_INFINITY, waitMs)
      case 'kill the broker':
        return this.#brokerIsDown ? undefined : this.#killBroker(waitMs)
      case 'pause past the session':
        // Most often of those that write most.
        return this.#pause(hard ? 'enricher' : waitMs % 4 === 0 ? service : 'detector', waitMs)
      case 'add an instance':
        return this.#add(service)
      case 'remove an instance':
        return this.#remove(service, waitMs)
      case 'registry away':
        return this.#registryIsAway ? undefined : this.#takeRegistry(waitMs, hard)
      case 'fill the disk':
        return this.#brokerIsDown ? undefined : this.#fillDisk()
    }
  }

  #oneOf(service: ServiceId): ServiceProcess | undefined {
    const active = this.#options.fleet.active(service)
    return active.length === 0 ? undefined : this.#options.dice.of(active)
  }

  #kill(service: ServiceId, most: number, waitMs: number): Promise<void> | undefined {
    const { fleet, tell } = this.#options
    const one = this.#oneOf(service)
    if (one === undefined) return undefined
    const killed = most === 1 ? [one] : fleet.running(service)
    this.kills += killed.length
    tell(`kill -9 ${killed.map(({ name }) => name).join(', ')}`)
    return (async () => {
      await Promise.all(killed.map((each) => each.kill()))
      await sleep(waitMs)
      for (const _ of killed) if (fleet.running(service).length < instancesMax) fleet.start(service)
    })()
  }

  async #killBroker(waitMs: number): Promise<void> {
    const { cluster, tell } = this.#options
    this.#brokerIsDown = true
    this.kills += 1
    tell('kill -9 the broker')
    await cluster.killBroker()
    await sleep(waitMs)
    await cluster.startBroker()
    this.#brokerIsDown = false
  }

  #pause(service: ServiceId, waitMs: number): Promise<void> | undefined {
    const { fleet, feed, tell, sessionMs } = this.#options
    const one = this.#oneOf(service)
    if (one === undefined) return undefined
    // Somebody has to be there to take over.
    if (fleet.active(service).length < 2) fleet.start(service)
    feed.burst(burstRecords)
    return (async () => {
      // Into the middle of the burst.
      await sleep(100 + (waitMs % 400))
      tell(`pause ${one.name}`)
      one.pause()
      await sleep(sessionMs + beyondSessionMs + waitMs)
      one.resume()
      tell(`resume ${one.name}`)
    })()
  }

  #add(service: ServiceId): Promise<void> | undefined {
    const { fleet, tell } = this.#options
    if (fleet.running(service).length >= instancesMax) return undefined
    tell(`add ${fleet.start(service).name}`)
    return Promise.resolve()
  }

  #remove(service: ServiceId, waitMs: number): Promise<void> | undefined {
    const { fleet, tell } = this.#options
    const one = this.#oneOf(service)
    if (one === undefined) return undefined
    tell(`remove ${one.name}`)
    return (async () => {
      await fleet.stop(one)
      await sleep(waitMs)
      if (fleet.running(service).length === 0) fleet.start(service)
    })()
  }

  async #takeRegistry(waitMs: number, hard: boolean): Promise<void> {
    const { cluster, tell } = this.#options
    this.#registryIsAway = true
    tell(hard ? 'kill -9 the registry' : 'pause the registry')
    if (hard) await cluster.killRegistry()
    else cluster.pauseRegistry()
    await sleep(restartMsMax + waitMs)
    if (hard) await cluster.startRegistry()
    else cluster.resumeRegistry()
    this.#registryIsAway = false
  }

  async #fillDisk(): Promise<void> {
    const { cluster, tell } = this.#options
    this.#brokerIsDown = true
    tell("fill the broker's disk")
    if (await cluster.fillDisk()) await cluster.startBroker()
    else {
      // It may have stopped writing without an end: whoever runs it would end it.
      await cluster.killBroker()
      await cluster.startBroker()
    }
    this.#brokerIsDown = false
  }
}
