/** The parts of a dashboard's file that are drawn here. */
export interface GrafanaDashboard {
  readonly uid: string
  readonly title: string
  readonly links: readonly { readonly title: string }[]
  readonly panels: readonly GrafanaPanel[]
}

export interface GrafanaPanel {
  readonly id: number
  readonly type: string
  readonly title: string
  readonly description?: string
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly targets?: readonly GrafanaTarget[]
  readonly fieldConfig?: {
    readonly defaults: Record<string, unknown>
    readonly overrides: readonly {
      readonly matcher: { readonly id: string; readonly options?: unknown }
      readonly properties: readonly { readonly id: string; readonly value: unknown }[]
    }[]
  }
  readonly options?: Record<string, unknown>
  readonly transformations?: readonly { readonly id: string; readonly options: Record<string, unknown> }[]
}

interface GrafanaTarget {
  readonly refId: string
  readonly expr: string
  readonly legendFormat?: string
  readonly format?: string
}

/** What Prometheus said to each target, by `uid/id of the panel/refId`, and over which time. */
export interface Answers {
  readonly fromMs: number
  readonly toMs: number
  readonly stepMs: number
  readonly targets: Readonly<Record<string, TargetAnswer>>
}

interface TargetAnswer {
  readonly stepMs: number
  readonly result: unknown
  readonly exemplars: unknown
}

/** How a panel came out. */
export interface DrawnPanel {
  readonly dashboard: string
  readonly panel: string
  /** Values that are numbers, over all series. */
  readonly values: number
  /** Texts that did not fit. */
  readonly cut: readonly string[]
}
