/** How a panel draws what its queries give. */
export type PanelKind = 'lines' | 'bars' | 'number' | 'table' | 'heatmap'
/** Colours as Grafana names them; each stands for one thing on every dashboard. */
export type Colour = 'red' | 'orange' | 'yellow' | 'green' | 'blue' | 'purple' | 'text'

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
  /** From these values on, or below `least`, it is no longer green; lines show them dashed. */
  readonly limits?: { readonly least?: number; readonly yellow?: number; readonly red?: number }
  /** Digits behind the point; those of the value unless said. */
  readonly decimals?: number
  /** Whether each step of the axis is ten times the one below: where small values matter beside large ones. */
  readonly isLog?: boolean
  /** Series whose name says what they mean, in its colour. */
  readonly colours?: Readonly<Record<string, Colour>>
  /** Series that are drawn dashed, by a pattern of their names: what was expected beside what came. */
  readonly dashed?: string
  /** What columns of a table are called, from left to right. */
  readonly columns?: Readonly<Record<string, string>>
}

export interface Dashboard {
  /** Name of its file, and the end of its uid. */
  readonly id: string
  readonly title: string
  readonly description: string
  readonly rows: readonly { readonly title: string; readonly panels: readonly Panel[] }[]
}

/** How bad, from grey to red. */
export const severityColours: Readonly<Record<string, Colour>> = {
  Critical: 'red',
  High: 'orange',
  Medium: 'yellow',
  Low: 'blue',
  Informational: 'text',
}

/** What became of a case. */
export const dispositionColours: Readonly<Record<string, Colour>> = {
  page: 'orange',
  digest: 'blue',
  suppressed: 'text',
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
