import { type FeatureColumn, type Features, featureColumns } from './feature-columns.ts'

/** Rows that are written at once, and so held in memory: about 15 MB. */
const groupRows = 32_768

/** Values of one column of a group. */
export type ColumnValues = Float64Array | Float32Array | (string | null)[] | bigint[]

/** A group of rows, by column in the order of `featureColumns`. */
export interface RowGroup {
  readonly rows: number
  readonly columns: readonly ColumnValues[]
}

/** Gathers rows into groups, column by column. */
export class FeatureRows {
  #columns = featureColumns.map(emptyColumn)
  #rows = 0

  /** Adds an event. Returns the group that it made full. */
  add(features: Features): RowGroup | undefined {
    const row = this.#rows++
    for (const [index, column] of featureColumns.entries()) {
      const value = column.read(features)
      const values = this.#columns[index]!
      if (column.type === 'time') (values as bigint[]).push(BigInt(value as number))
      else if (column.type === 'text') (values as (string | null)[]).push((value as string | undefined) ?? null)
      else (values as Float64Array)[row] = value as number
    }
    return this.#rows < groupRows ? undefined : this.take()
  }

  /** What has been gathered since the last full group; `undefined` for nothing. */
  take(): RowGroup | undefined {
    const rows = this.#rows
    if (rows === 0) return undefined
    const columns = this.#columns.map((values) => (Array.isArray(values) ? values : values.subarray(0, rows)))
    this.#columns = featureColumns.map(emptyColumn)
    this.#rows = 0
    return { rows, columns }
  }
}

function emptyColumn({ type }: FeatureColumn): ColumnValues {
  if (type === 'double') return new Float64Array(groupRows)
  return type === 'float' ? new Float32Array(groupRows) : []
}
