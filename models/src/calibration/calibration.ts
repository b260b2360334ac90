import type { BitsTable } from './bits-table.ts'

/** Most case maxima that are kept: enough to find the paging threshold of any budget in use. */
export const caseMaximaMax = 4096

/** What turns nats into bits, and a budget into a threshold. Plain JSON. */
export interface Calibration {
  readonly version: 1
  /** Of the rank with impact. */
  readonly score: BitsTable
  /** Of the rank without impact. */
  readonly surprise: BitsTable
  /** Of the autoencoder's reconstruction error. */
  readonly autoencoder: BitsTable
  /** Highest scores, in bits, of identities' hours, falling; of how many days. */
  readonly caseMaxima: { readonly days: number; readonly bits: readonly number[] }
}

/** Score, in bits, that `alertsPerDay` cases a day reach or exceed; the highest seen when the budget asks for fewer. */
export function pageBitsOf({ caseMaxima }: Calibration, alertsPerDay: number): number {
  const { days, bits } = caseMaxima
  if (bits.length === 0) return 0
  const place = Math.floor(alertsPerDay * days)
  return bits[Math.min(Math.max(place, 0), bits.length - 1)]!
}

/** Reads a calibration that was written as JSON. Throws a TypeError that says what is wrong. */
export function calibrationOf(json: unknown): Calibration {
  const given = json as Partial<Calibration> | null
  if (given === null || typeof given !== 'object' || given.version !== 1)
    throw new TypeError('Cannot read calibration: version 1 is expected')
  const { score, surprise, autoencoder, caseMaxima } = given
  checkTable('score', score)
  checkTable('surprise', surprise)
  checkTable('autoencoder', autoencoder)
  if (!caseMaxima || !isNumber(caseMaxima.days) || !isRising([...(caseMaxima.bits ?? [])].reverse(), false))
    throw new TypeError('Cannot read calibration: "caseMaxima" needs days and falling bits')
  return given as Calibration
}

function checkTable(name: string, table: BitsTable | undefined): void {
  const ok =
    table &&
    Array.isArray(table.values) &&
    Array.isArray(table.bits) &&
    table.values.length > 0 &&
    table.values.length === table.bits.length &&
    isRising(table.values, true) &&
    isRising(table.bits, true) &&
    isNumber(table.tail?.scale) &&
    table.tail.scale > 0 &&
    isNumber(table.tail.shape) &&
    table.tail.shape >= 0
  if (!ok) throw new TypeError(`Cannot read calibration: table "${name}" needs rising values and bits, and a tail`)
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function isRising(numbers: readonly unknown[], strictly: boolean): boolean {
  return numbers.every((value, index) => {
    if (!isNumber(value)) return false
    const before = numbers[index - 1]
    return index === 0 || (strictly ? value > (before as number) : value >= (before as number))
  })
}
