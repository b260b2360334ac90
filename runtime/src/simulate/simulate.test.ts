import { createHash } from 'node:crypto'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type EnrichmentTables, lookupIpv4 } from '@ostiary/models'
import { sources } from '@ostiary/schemas'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadTables } from '../tables/load-tables.ts'
import { scenarios } from './attack-scenarios.ts'
import { dayMs, hourMs } from './calendar.ts'
import { identitiesMax, type SimulateOptions, simulate } from './simulate.ts'
import type { SimulatedEvent } from './write-record.ts'

const cloudtrail = sources.find((source) => source.id === 'aws.cloudtrail')!
const startMs = 20_514 * dayMs // Monday, 2026-03-02

function options(changes: Partial<SimulateOptions> = {}): SimulateOptions {
  return { seed: 7, startMs, attacks: true, ...changes }
}

function first(count: number, wanted: SimulateOptions): SimulatedEvent[] {
  const events: SimulatedEvent[] = []
  for (const event of simulate(wanted)) {
    if (events.push(event) === count) break
  }
  return events
}

function sha256(events: Iterable<SimulatedEvent>): string {
  const hash = createHash('sha256')
  for (const event of events) hash.update(JSON.stringify(event))
  return hash.digest('hex')
}

describe('a seed', () => {
  it('gives the same bytes every time, on every Node', () => {
    const hash = sha256(first(20_000, options()))
    expect(sha256(first(20_000, options()))).toBe(hash)
    // A change of the simulator changes this; a change of Node or of the machine must not.
    expect(hash).toBe('06e4520c3a855304d48917ae4f1371e824cbf96639d47a410dd5116487777460')
  })

  it('decides everything', () => {
    expect(sha256(first(500, options({ seed: 8 })))).not.toBe(sha256(first(500, options())))
  })

  it('gives the same organisation with and without attacks', () => {
    const small = { identities: 40, days: 10 }
    const benign = [...simulate(options({ ...small, attacks: { fromDay: 1, perWeek: 20 } }))].filter(
      ({ label }) => label === undefined,
    )
    expect(sha256(benign)).toBe(sha256(simulate(options({ ...small, attacks: false }))))
  })
})

describe('four weeks of 300 identities', () => {
  const types = new Map<string, number>()
  const countries = new Map<string, Set<string>>()
  const benign = new Set<string>()
  const attacking = new Map<string, Set<string>>()
  const failures = new Map<string, number>()
  const eventIds = new Set<string>()
  const wrong: string[] = []
  let total = 0
  let weekend = 0
  beforeAll(() => {
    let previousMs = startMs
    for (const { record, timeMs, label } of simulate(options())) {
      total += 1
      if (timeMs < previousMs) wrong.push(`${record.eventID} goes back in time`)
      previousMs = timeMs
      const outcome = cloudtrail.normalise(record as unknown as Readonly<Record<string, unknown>>)
      if (outcome.kind !== 'event') wrong.push(JSON.stringify(outcome))
      else if (outcome.event.timeMs !== timeMs) wrong.push(`${record.eventID} tells another time`)
      eventIds.add(record.eventID)
      types.set(record.userIdentity.type, (types.get(record.userIdentity.type) ?? 0) + 1)
      const name = `${record.eventSource}:${record.eventName}`
      if (label === undefined) benign.add(name)
      else attacking.set(label.name, (attacking.get(label.name) ?? new Set()).add(name))
      if (record.errorCode !== undefined) failures.set(record.errorCode, (failures.get(record.errorCode) ?? 0) + 1)
      const day = Math.floor((timeMs - startMs) / dayMs) % 7
      if (day >= 5 && record.eventName === 'ConsoleLogin') weekend += 1
      if (record.eventName === 'ConsoleLogin') {
        const who = record.userIdentity.arn ?? ''
        countries.set(who, (countries.get(who) ?? new Set()).add(record.sourceIPAddress))
      }
    }
  }, 120_000)

  it('are in order of time, and every record is one that the normaliser takes', () => {
    expect(wrong).toEqual([])
    expect(eventIds.size).toBe(total)
  })

  it('hold about as many records as wanted', () => {
    const wanted = 300 * 30 * 28
    expect(total).toBeGreaterThan(wanted * 0.75)
    expect(total).toBeLessThan(wanted * 1.35)
  })

  it('are called by identities of every kind, roles most', () => {
    const share = (type: string) => (types.get(type) ?? 0) / total
    expect(share('AssumedRole')).toBeGreaterThan(0.6)
    expect(share('IAMUser')).toBeGreaterThan(0.05)
    expect(share('AWSService')).toBeGreaterThan(0.01)
    expect(share('WebIdentityUser')).toBeGreaterThan(0.001)
    expect(share('Root')).toBeLessThan(0.0005)
  })

  it('fail now and then, in several ways', () => {
    const failed = [...failures.values()].reduce((sum, count) => sum + count, 0)
    expect(failed / total).toBeGreaterThan(0.005)
    expect(failed / total).toBeLessThan(0.05)
    for (const code of [
      'AccessDenied',
      'ThrottlingException',
      'ResourceNotFoundException',
      'Client.UnauthorizedOperation',
    ]) {
      expect(failures.get(code) ?? 0).toBeGreaterThan(0)
    }
  })

  it('have people who sit in several places, and rest at the weekend', () => {
    const places = [...countries.values()].map((addresses) => addresses.size)
    expect(places.filter((count) => count >= 3).length).toBeGreaterThan(places.length / 4)
    expect(weekend).toBeGreaterThan(0)
    expect(weekend).toBeLessThan(total / 500)
  })

  it('hold every attack, in calls that honest work makes too', () => {
    expect(new Set(attacking.keys())).toEqual(new Set(scenarios.map(({ name }) => name)))
    for (const [name, calls] of attacking) {
      const tellTale = [...calls].filter((call) => !benign.has(call))
      expect({ name, tellTale }).toEqual({ name, tellTale: [] })
    }
  })
})

describe('journeys', () => {
  let tables: EnrichmentTables
  beforeAll(async () => {
    tables = await loadTables()
  }, 120_000)

  it('are made, and nobody is in two countries within six hours', () => {
    const seen = new Map<string, { country: string; timeMs: number; changes: number }>()
    const tooFast: string[] = []
    for (const { record, timeMs } of simulate(options({ attacks: false, identities: 120 }))) {
      const who = record.userIdentity.arn ?? ''
      const isPerson = who.includes('@corp.example') || /user\/[a-z]+\.[a-z]+/.test(who)
      if (!isPerson) continue
      const [a = 0, b = 0, c = 0, d = 0] = record.sourceIPAddress.split('.').map(Number)
      const { country } = lookupIpv4(tables.address, ((a * 256 + b) * 256 + c) * 256 + d)
      const last = seen.get(who)
      const changed = last !== undefined && last.country !== country
      if (changed && timeMs - last.timeMs < 6 * hourMs) tooFast.push(`${who} ${last.country} ${country}`)
      seen.set(who, { country, timeMs, changes: (last?.changes ?? 0) + (changed ? 1 : 0) })
    }
    expect(tooFast).toEqual([])
    const travellers = [...seen.values()].filter(({ changes }) => changes > 0).length
    expect(travellers).toBeGreaterThan(3)
    expect(travellers).toBeLessThan(seen.size / 2)
  })
})

describe('attacks', () => {
  it('come only when asked for, and not before their day', () => {
    expect([...simulate(options({ identities: 30, days: 8, attacks: false }))].some(({ label }) => label)).toBe(false)
    const labelled = [...simulate(options({ identities: 60, days: 12, attacks: { fromDay: 5, perWeek: 14 } }))].filter(
      ({ label }) => label !== undefined,
    )
    expect(labelled.length).toBeGreaterThan(50)
    expect(Math.min(...labelled.map(({ timeMs }) => timeMs))).toBeGreaterThanOrEqual(startMs + 5 * dayMs)
    expect(labelled.every(({ label }) => /^T\d{4}(\.\d{3})?$/.test(label!.technique) && label!.attackId !== '')).toBe(
      true,
    )
  })
})

describe('simulate', () => {
  it('keeps to its time', () => {
    for (const { timeMs } of simulate(options({ identities: 20, days: 2, startMs: startMs + 5_000_000 }))) {
      expect(timeMs).toBeGreaterThanOrEqual(startMs + 5_000_000)
      expect(timeMs).toBeLessThan(startMs + 5_000_000 + 2 * dayMs)
    }
  })

  it('holds identities in memory, not records', () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const heapBytes = () => {
      collect()
      return process.memoryUsage().heapUsed
    }
    const events = simulate(options({ days: 3000, eventsPerDay: 50_000, attacks: { fromDay: 0, perWeek: 40 } }))
    const skip = (count: number) => {
      for (let i = 0; i < count; i++) events.next()
    }
    skip(20_000)
    const before = heapBytes()
    skip(300_000)
    expect(heapBytes() - before).toBeLessThan(8_000_000)
  })

  it.each([
    [{ identities: 3 }, /identities 3/],
    [{ identities: identitiesMax + 1 }, /identities/],
    [{ days: 0.5 }, /days 0.5/],
    [{ eventsPerDay: 0 }, /eventsPerDay 0/],
    [{ seed: Number.NaN }, /seed NaN/],
    [{ attacks: { fromDay: -1, perWeek: 2 } }, /fromDay -1/],
  ])('refuses %j', (changes, words) => {
    expect(() => simulate(options(changes)).next()).toThrow(words)
  })
})
