import { canonicalJson, textSha256 } from '@ostiary/schemas'
import { fieldIds, fieldIndex, fields } from '../signals/field.ts'
import { CountTable } from '../sketches/count-table.ts'
import { hashPair } from '../sketches/hash.ts'

/** Weight given to values the tenant never used, in counts. */
const unseenWeight = 0.5

/** Weight of the tenant's habit in a peer group's share, in counts. */
const peerPriorCount = 50

/** How many values and pairs a table holds at most; the heaviest stay. */
export const censusValuesMax = 4096
export const censusPairsMax = 65_536

/** What is usual in a tenant, as of a day's close. Immutable; named by its hash. */
export interface CensusBody {
  /** The UTC day (since the epoch) whose close published it; -1 for the empty table. */
  readonly day: number
  /** Identities that contributed on that day. */
  readonly identities: number
  /** By field, in the order of `fields`: decayed counts of values over the tenant's established identities. */
  readonly values: readonly CountTable[]
  /** By hash of (earlier action, action). */
  readonly pairs: CountTable
  /** By hash of (peer group, action), and by peer group. */
  readonly peerActions: CountTable
  readonly peerTotals: CountTable
  /** Decayed mean over identities of the highest score of their day, in nats, and the weight behind it. */
  readonly dayMaximumMean: number
  readonly dayMaximumWeight: number
}

/** Counts of values in a tenant, for smoothing an identity's own. */
export class CensusTable {
  readonly body: CensusBody
  readonly #totals: Float64Array
  readonly #denominators: Float64Array
  #id: string

  /** @param id what `id` would give, where it is known: hashing a large table takes a while */
  constructor(body: CensusBody, id = '') {
    this.body = body
    this.#id = id
    this.#totals = new Float64Array(fields.length)
    this.#denominators = new Float64Array(fields.length)
    for (const [index, values] of body.values.entries()) {
      let total = 0
      // In the order of hashes, so that the sum has the same bits whatever order they were added in.
      for (const hash of values.sortedHashes()) total += values.get(hash)
      this.#totals[index] = total
      this.#denominators[index] = total + unseenWeight * values.size + 1
    }
  }

  static readonly empty: CensusTable = new CensusTable({
    day: -1,
    identities: 0,
    values: fieldIds.map(() => new CountTable(0, true)),
    pairs: new CountTable(),
    peerActions: new CountTable(),
    peerTotals: new CountTable(),
    dayMaximumMean: 0,
    dayMaximumWeight: 0,
  })

  /** SHA-256 of the table's canonical bytes. */
  get id(): string {
    if (this.#id === '') this.canonicalText()
    return this.#id
  }

  /** The table's canonical JSON, whose SHA-256 is its id. */
  canonicalText(): string {
    const text = canonicalJson(this.toJson())
    this.#id = textSha256(text)
    return text
  }

  /** Smoothed share of a value in the tenant, in (0, 1]: (count + ½) / (total + ½ distinct + 1). */
  share(field: number, hash: number): number {
    return (this.count(field, hash) + unseenWeight) / this.#denominators[field]!
  }

  /**
   * Smoothed share of an action among an identity's peers, in (0, 1], backed off to the tenant's:
   * (count in the group + 50 · tenant's share) / (total of the group + 50).
   */
  peerShare(group: number, action: number): number {
    const share = this.share(fieldIndex.action, action)
    const total = this.body.peerTotals.get(group)
    return total === 0 ? share : (this.peerCount(group, action) + peerPriorCount * share) / (total + peerPriorCount)
  }

  /** Decayed count of an action among the identities of a peer group. */
  peerCount(group: number, action: number): number {
    return this.body.peerActions.get(hashPair(group, action))
  }

  /** Decayed count of a value; 0 when the tenant never used it. */
  count(field: number, hash: number): number {
    return this.body.values[field]!.get(hash)
  }

  total(field: number): number {
    return this.#totals[field]!
  }

  /** The text of a value that the tenant uses; `''` when it is not known. */
  name(field: number, hash: number): string {
    return this.body.values[field]!.name(hash)
  }

  /** Decayed count of a pair of actions. */
  pair(hash: number): number {
    return this.body.pairs.get(hash)
  }

  /** Plain JSON of the table, with a fixed order. */
  toJson(): CensusJson {
    const { day, identities, values, pairs, peerActions, peerTotals, dayMaximumMean, dayMaximumWeight } = this.body
    return {
      version: 1,
      day,
      identities,
      fields: Object.fromEntries(
        fieldIds.map((id, index) => [
          id,
          values[index]!.rows().map(({ hash, name, count }) => [hash, name, count] as const),
        ]),
      ),
      pairs: countRows(pairs),
      peerActions: countRows(peerActions),
      peerTotals: countRows(peerTotals),
      dayMaximumMean,
      dayMaximumWeight,
    }
  }

  /** Reads what `toJson` gave, with its id where the caller has checked it. Throws a TypeError that says what is wrong. */
  static fromJson(json: unknown, id = ''): CensusTable {
    const given = json as Partial<CensusJson> | null
    if (given === null || typeof given !== 'object' || given.version !== 1)
      throw new TypeError('Cannot read census table: version 1 is expected')
    const values = fieldIds.map((id) => {
      const rows = given.fields?.[id]
      if (!Array.isArray(rows) || rows.length > censusValuesMax)
        throw new TypeError(`Cannot read census table: field "${id}" needs at most ${censusValuesMax} rows`)
      const table = new CountTable(rows.length, true)
      for (const [hash, name, count] of rows) table.add(hashOf(hash), numberOf(count), String(name))
      return table
    })
    const body: CensusBody = {
      day: numberOf(given.day),
      identities: numberOf(given.identities),
      values,
      pairs: countTableOf('pairs', given.pairs),
      peerActions: countTableOf('peerActions', given.peerActions),
      peerTotals: countTableOf('peerTotals', given.peerTotals),
      dayMaximumMean: numberOf(given.dayMaximumMean),
      dayMaximumWeight: numberOf(given.dayMaximumWeight),
    }
    return new CensusTable(body, id)
  }
}

type CountRows = readonly (readonly [number, number])[]

function countRows(table: CountTable): CountRows {
  return table.rows().map(({ hash, count }) => [hash, count] as const)
}

function countTableOf(name: string, rows: CountRows | undefined): CountTable {
  if (!Array.isArray(rows) || rows.length > censusPairsMax)
    throw new TypeError(`Cannot read census table: "${name}" needs at most ${censusPairsMax} rows`)
  const table = new CountTable(rows.length)
  for (const [hash, count] of rows as CountRows) table.add(hashOf(hash), numberOf(count))
  return table
}

/** A census table as JSON: rows of [hash, name, count] by field and of [hash, count] for pairs. */
export interface CensusJson {
  readonly version: 1
  readonly day: number
  readonly identities: number
  readonly fields: { readonly [field: string]: readonly (readonly [number, string, number])[] }
  readonly pairs: CountRows
  readonly peerActions: CountRows
  readonly peerTotals: CountRows
  readonly dayMaximumMean: number
  readonly dayMaximumWeight: number
}

function hashOf(value: unknown): number {
  if (!Number.isInteger(value) || value === 0 || value !== ((value as number) | 0))
    throw new TypeError(`Cannot read census table: ${JSON.stringify(value)} is not a hash`)
  return value as number
}

function numberOf(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw new TypeError(`Cannot read census table: ${JSON.stringify(value)} is not a number`)
  return value
}
