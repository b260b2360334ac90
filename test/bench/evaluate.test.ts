import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { averagePrecision } from './average-precision.ts'
import { dataFile, dataFolder } from './data-folder.ts'
import { evaluate } from './evaluate.ts'
import { type LabelledTrace, labelledTrace, readLabelledTrace } from './labelled-trace.ts'

// The self-test of evaluate.py, number by number.
const attacks = new Map([
  ['A1', { attack_id: 'A1', variant: 'own_ip' }],
  ['A2', { attack_id: 'A2', variant: 'new_ip' }],
])
const rows = [
  ['u1', 'a', ''],
  ['u1', 'a', 'A1'],
  ['u2', 'a', ''],
  ['u2', 'b', ''],
  ['u2', 'b', 'A2'],
  ['u1', 'a', ''],
] as const

function traceOf(identities: number): LabelledTrace {
  const events = rows.map(([identity, api, attack], index) => ({
    id: `e${index + 1}`,
    time: `2026-01-01T0${index < 4 ? 0 : 5}:00:0${index}`,
    identity,
    api,
    attack,
  }))
  const travel = { kind: 'travel', start: '2026-01-01T00', end: '2026-01-02T00' }
  return labelledTrace(events, attacks, { identities, days: 1, hardNegatives: new Map([['u1', [travel]]]) })
}

function scoresOf(...scores: (number | undefined)[]): (id: string) => number | undefined {
  return (id) => scores[Number(id.slice(1)) - 1]
}

describe('the evaluator', () => {
  it('finds what is over the one threshold', () => {
    const result = evaluate(traceOf(2), scoresOf(0, 5, 1, 2, 3, 4))
    expect(result).toMatchObject({ attacks: 2, units: 4, apiUnmatchedAttackEvents: 2 })
    expect(result.eventPrAuc).toBeCloseTo(0.5 + (2 / 3) * 0.5, 12)
    expect(result.apiMatchedAuc).toBeUndefined()
    expect(result.budgets[5]).toMatchObject({
      alerts: 1,
      found: ['A1'],
      byVariant: { own_ip: { found: 1, of: 1 }, new_ip: { found: 0, of: 1 } },
      precision: 1,
      medianSecondsToDetect: 0,
    })
  })

  it('counts an alerted hour that holds an attack as found, and only its own events as found strictly', () => {
    const { budgets } = evaluate(traceOf(400), scoresOf(9, 1, 8, undefined, 3, 4))
    expect(budgets[5]).toMatchObject({ alerts: 2, found: ['A1'], foundStrict: [], falseAlerts: 1 })
    expect(budgets[10]).toMatchObject({ alerts: 4, found: ['A1', 'A2'], falseAlertsOnHardNegatives: { travel: 1 } })
  })

  it('takes a missing score for the lowest', () => {
    expect(evaluate(traceOf(400), scoresOf()).eventPrAuc).toBeCloseTo(2 / 6, 12)
    expect(evaluate(traceOf(400), scoresOf(-9, undefined, -9, -9, undefined, -9)).eventPrAuc).toBeCloseTo(2 / 6, 12)
  })

  it('takes equal scores as one', () => {
    expect(averagePrecision([false, true, false, true], [1, 1, 1, 1])).toBe(0.5)
    expect(averagePrecision([false], [1])).toBeUndefined()
  })
})

/** What evaluate.py prints, as far as both tell it. */
interface Printed {
  scored_events: number
  attack_events: number
  identities: number
  days: number
  attacks: number
  units: number
  event_pr_auc: number
  api_matched_auc: number
  api_matched_auc_by_variant: Record<string, number>
  api_unmatched_attack_events: number
  budgets: Record<string, PrintedBudget>
}

interface PrintedBudget {
  alerts: number
  found: number
  found_strict: number
  by_variant: Record<string, string>
  precision: number
  median_ttd_s: number | null
  false_alerts: number
  false_alerts_on_hard_negatives: Record<string, number>
  false_alerts_elsewhere: number
  missed: string[]
}

const tool = join(dataFolder, '..', 'tools', 'evaluate.py')
const trace = dataFile('composed/dev21.ndjson.gz')
const hasPython = runs('python3', '--version')

function runs(program: string, ...args: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

describe.skipIf(trace === undefined || !existsSync(tool) || !hasPython)('the evaluator and evaluate.py', () => {
  it('agree on a trace, with equal and missing scores', async () => {
    const truth = await readLabelledTrace(trace!)
    // Any scores will do; these find some attacks, are often equal, and one in sixteen is missing.
    const scores = new Map<string, number>()
    for (const { id, attack } of truth.events) {
      const hash = crc32(id)
      if (hash % 16 > 0) scores.set(id, Math.floor(Math.sqrt(hash % 90_001)) / 4 + (attack === '' ? 0 : hash % 29))
    }
    const ours = evaluate(truth, (id) => scores.get(id))
    const folder = mkdtempSync(join(tmpdir(), 'ostiary-bench-'))
    try {
      const file = join(folder, 'scores.ndjson')
      const lines = [...scores].map(([event_id, score]) => JSON.stringify({ event_id, score }))
      writeFileSync(file, `${lines.join('\n')}\n`)
      const labels = trace!.replace('.ndjson.gz', '.labels.csv')
      const args = [tool, '--scores', file, '--trace', trace!, '--labels', labels]
      const theirs = JSON.parse(execFileSync('python3', args, { encoding: 'utf8' })) as Printed
      expect(ours.budgets[50].found.length).toBeGreaterThan(0)
      expect(ours.budgets[50].found.length).toBeLessThan(ours.attacks)
      expectSame(printedOf(ours, [...truth.attacks.keys()]), theirs)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

function printedOf(ours: ReturnType<typeof evaluate>, attackIds: readonly string[]): Printed {
  return {
    scored_events: ours.scoredEvents,
    attack_events: ours.attackEvents,
    identities: ours.identities,
    days: ours.days,
    attacks: ours.attacks,
    units: ours.units,
    event_pr_auc: ours.eventPrAuc!,
    api_matched_auc: ours.apiMatchedAuc!,
    api_matched_auc_by_variant: ours.apiMatchedAucByVariant,
    api_unmatched_attack_events: ours.apiUnmatchedAttackEvents,
    budgets: Object.fromEntries(
      Object.entries(ours.budgets).map(([budget, result]) => [
        budget,
        {
          alerts: result.alerts,
          found: result.found.length,
          found_strict: result.foundStrict.length,
          by_variant: Object.fromEntries(
            Object.entries(result.byVariant).map(([variant, { found, of }]) => [variant, `${found}/${of}`]),
          ),
          precision: result.precision,
          median_ttd_s: result.medianSecondsToDetect ?? null,
          false_alerts: result.falseAlerts,
          false_alerts_on_hard_negatives: result.falseAlertsOnHardNegatives,
          false_alerts_elsewhere: result.falseAlertsElsewhere,
          missed: attackIds.filter((id) => !result.found.includes(id)),
        },
      ]),
    ),
  }
}

/** Every number of ours is theirs, but for the order of summation and their rounding to four places. */
function expectSame(ours: unknown, theirs: unknown, path = ''): void {
  if (typeof ours === 'number' && !Number.isInteger(ours))
    expect(Math.abs(ours - (theirs as number)), path).toBeLessThan(path.includes('_by_variant') ? 1e-4 : 1e-9)
  else if (typeof ours !== 'object' || ours === null) expect(theirs, path).toBe(ours)
  else
    for (const [key, value] of Object.entries(ours))
      expectSame(value, (theirs as Readonly<Record<string, unknown>>)[key], `${path}/${key}`)
}
