import { bootstrapSum, type Interval } from './bootstrap.ts'
import { type Budget, budgets, type Evaluation, type Share } from './evaluate.ts'

export type DetectorName = 'trained' | 'without' | 'starter'

/** How a detector did on a trace, and which attacks there were to find. */
export interface DetectorResult {
  readonly trace: string
  readonly detector: DetectorName
  readonly evaluation: Evaluation
  readonly attacks: readonly string[]
}

const detectorTitles: Readonly<Record<DetectorName, string>> = {
  trained: 'trained',
  without: 'trained, no autoencoder',
  starter: 'starter',
}
const variants = ['own_ip', 'new_ip', 'slow'] as const

/** Titles of `qualityRow`. */
export const qualityTitles: readonly string[] = [
  'detector, trace',
  '@5',
  '@10',
  '@50',
  'own@10',
  'new@10',
  'slow@10',
  'own@50',
  'new@50',
  'slow@50',
  'precision@10',
  'PR-AUC',
  'API-matched',
]

/** One detector on one trace, as cells. */
export function qualityRow({ detector, trace, evaluation }: DetectorResult): string[] {
  return [
    `${detectorTitles[detector]}, ${trace}`,
    ...budgets.map((budget) => `${evaluation.budgets[budget].found.length}`),
    ...([10, 50] as const).flatMap((budget) =>
      variants.map((variant) => shareText(evaluation.budgets[budget].byVariant[variant])),
    ),
    evaluation.budgets[10].precision.toFixed(2),
    evaluation.eventPrAuc?.toFixed(3) ?? '-',
    evaluation.apiMatchedAuc?.toFixed(3) ?? '-',
  ]
}

function shareText(share: Share | undefined): string {
  return share === undefined ? '-' : `${share.found}/${share.of}`
}

export interface DetectorTotal {
  readonly row: string[]
  readonly record: {
    readonly detector: DetectorName
    readonly attacks: number
    readonly found: Readonly<Record<Budget, number>>
    readonly interval: { readonly at10: Interval; readonly at50: Interval }
    readonly precisionAt10: number
    readonly eventPrAucMean: number
    readonly apiMatchedAucMean: number
  }
}

/** A detector over all traces: sums of what was found with 90 % intervals, means of the rest. */
export function totalOf(results: readonly DetectorResult[], detector: DetectorName): DetectorTotal {
  const own = results.filter((result) => result.detector === detector)
  const at10 = foundBits(own, 10)
  const at50 = foundBits(own, 50)
  const found = Object.fromEntries(budgets.map((budget) => [budget, sum(foundBits(own, budget))])) as Record<
    Budget,
    number
  >
  const interval = { at10: bootstrapSum(at10), at50: bootstrapSum(at50) }
  const alerts = sum(own.map((result) => result.evaluation.budgets[10].alerts))
  const falseAlerts = sum(own.map((result) => result.evaluation.budgets[10].falseAlerts))
  const precisionAt10 = (alerts - falseAlerts) / alerts
  const eventPrAucMean = sum(own.map((result) => result.evaluation.eventPrAuc ?? 0)) / own.length
  const apiMatchedAucMean = sum(own.map((result) => result.evaluation.apiMatchedAuc ?? 0)) / own.length
  const row = [
    `${detectorTitles[detector]}, all`,
    `${found[5]}`,
    `${found[10]} (${intervalText(interval.at10)})`,
    `${found[50]} (${intervalText(interval.at50)})`,
    ...([10, 50] as const).flatMap((budget) => variants.map((variant) => shareText(shareOf(own, budget, variant)))),
    precisionAt10.toFixed(2),
    eventPrAucMean.toFixed(3),
    apiMatchedAucMean.toFixed(3),
  ]
  return {
    row,
    record: { detector, attacks: at10.length, found, interval, precisionAt10, eventPrAucMean, apiMatchedAucMean },
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function shareOf(results: readonly DetectorResult[], budget: Budget, variant: string): Share {
  const shares = results.map((result) => result.evaluation.budgets[budget].byVariant[variant] ?? { found: 0, of: 0 })
  return { found: sum(shares.map((share) => share.found)), of: sum(shares.map((share) => share.of)) }
}

/** 1 for each attack that was found and 0 for each that was not, in one order for all detectors. */
function foundBits(results: readonly DetectorResult[], budget: Budget): number[] {
  return results.flatMap(({ attacks, evaluation }) =>
    attacks.map((id) => Number(evaluation.budgets[budget].found.includes(id))),
  )
}

function intervalText({ low, high }: Interval): string {
  return `${low}–${high}`
}

export interface Gain {
  readonly gained: number
  readonly lost: number
  readonly interval: Interval
  readonly text: string
}

/** What one detector finds that another does not, and the paired 90 % interval of the difference. */
export function gainOf(
  results: readonly DetectorResult[],
  more: DetectorName,
  less: DetectorName,
): { readonly at10: Gain; readonly at50: Gain } {
  const gain = (budget: Budget): Gain => {
    const bits = (name: DetectorName): number[] =>
      foundBits(
        results.filter((result) => result.detector === name),
        budget,
      )
    const without = bits(less)
    const differences = bits(more).map((bit, index) => bit - without[index]!)
    const gained = differences.filter((difference) => difference > 0).length
    const lost = differences.filter((difference) => difference < 0).length
    const interval = bootstrapSum(differences)
    const difference = gained - lost
    const text = `${difference > 0 ? '+' : ''}${difference} (+${gained} −${lost}; 90 % ${intervalText(interval)})`
    return { gained, lost, interval, text }
  }
  return { at10: gain(10), at50: gain(50) }
}

/** False alerts by what harmless thing went on, of each detector over all traces; the first row is the head. */
export function hardNegativesTable(results: readonly DetectorResult[]): string[][] {
  const at10 = results.map(({ detector, evaluation }) => ({ detector, ...evaluation.budgets[10] }))
  const kinds = [...new Set(at10.flatMap((one) => Object.keys(one.falseAlertsOnHardNegatives)))].sort()
  const rows = (['trained', 'without', 'starter'] as const).map((detector) => {
    const own = at10.filter((one) => one.detector === detector)
    const cells = kinds.map((kind) => sum(own.map((one) => one.falseAlertsOnHardNegatives[kind] ?? 0)))
    return [
      detectorTitles[detector],
      ...[
        sum(own.map((one) => one.alerts)),
        sum(own.map((one) => one.falseAlerts)),
        ...cells,
        sum(own.map((one) => one.falseAlertsElsewhere)),
      ].map(String),
    ]
  })
  return [['detector', 'alerts', 'false', ...kinds, 'elsewhere'], ...rows]
}
