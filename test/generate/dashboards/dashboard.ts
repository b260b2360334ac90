/** How a panel draws what its queries give. */
export type PanelKind = 'lines' | 'bars' | 'number' | 'table' | 'heatmap'

export interface Query {
  readonly expr: string
  /** What a series is called, from its labels. */
  readonly legend: string
  /** Whether the histogram's examples are drawn on top. */
  readonly examples?: boolean
}

export interface Panel {
  readonly title: string
  /** What it tells, and what to do where it looks bad. */
  readonly description: string
  /** A unit as Grafana names it. */
  readonly unit: string
  readonly kind: PanelKind
  readonly queries: readonly Query[]
  /** Columns of 24 that it takes. */
  readonly width: number
  /** Pages of this repository that say more, without their folder. */
  readonly runbook?: string
  /** From these values on it is no longer green. */
  readonly limits?: { readonly yellow?: number; readonly red: number }
}

export interface Dashboard {
  /** Name of its file, and the end of its uid. */
  readonly id: string
  readonly title: string
  readonly description: string
  readonly rows: readonly { readonly title: string; readonly panels: readonly Panel[] }[]
}

/** A query of one series, or of one for each of its labels' values. */
export function query(expr: string, legend = '', examples = false): Query {
  return { expr, legend, examples }
}

/** Quantiles of a histogram, by a label where one is given. */
export function quantiles(metric: string, shares: readonly number[], by = ''): readonly Query[] {
  const labels = by === '' ? 'le' : `${by}, le`
  return shares.map((share) => ({
    expr: `histogram_quantile(${share}, sum by (${labels}) (rate(${metric}_bucket[$__rate_interval])))`,
    legend: by === '' ? `p${share * 100}` : `{{${by}}} p${share * 100}`,
    examples: true,
  }))
}
