import type { GrafanaTheme2 } from '@grafana/data'
import { PanelChrome } from '@grafana/ui'
import { useMemo } from 'react'
import type { Answers, GrafanaDashboard, GrafanaPanel } from './grafana-dashboard.ts'
import { HeatmapPanel } from './heatmap-panel.tsx'
import { examplesOf, framesOf } from './panel-data.ts'
import { SeriesPanel } from './series-panel.tsx'
import { StatPanel } from './stat-panel.tsx'
import { TablePanel } from './table-panel.tsx'

interface PanelProps {
  readonly dashboard: GrafanaDashboard
  readonly panel: GrafanaPanel
  readonly answers: Answers
  readonly theme: GrafanaTheme2
  readonly width: number
  readonly height: number
}

/** A panel in its frame, with what Prometheus said to it. */
export function Panel({ dashboard, panel, answers, theme, width, height }: PanelProps) {
  const frames = useMemo(() => framesOf(dashboard, panel, answers, theme), [dashboard, panel, answers, theme])
  const examples = useMemo(() => examplesOf(dashboard, panel, answers), [dashboard, panel, answers])
  const { options = {}, title, description } = panel
  return (
    <PanelChrome title={title} {...(description === undefined ? {} : { description })} width={width} height={height}>
      {(width, height) => {
        if (frames.length === 0) return <div style={{ padding: 16 }}>No data</div>
        const all = { frames, examples, options, answers, theme, width, height }
        if (panel.type === 'timeseries') return <SeriesPanel {...all} />
        if (panel.type === 'stat') return <StatPanel {...all} />
        if (panel.type === 'table') return <TablePanel {...all} panel={panel} />
        if (panel.type === 'heatmap') return <HeatmapPanel {...all} />
        throw new Error(`Cannot draw a panel of type "${panel.type}": give it a component in panel.tsx`)
      }}
    </PanelChrome>
  )
}
