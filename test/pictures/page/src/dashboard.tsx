import { dateTimeFormat, type GrafanaTheme2 } from '@grafana/data'
import type { Answers, GrafanaDashboard } from './grafana-dashboard.ts'
import { Panel } from './panel.tsx'

/** Grafana's grid: 24 columns, cells of 30 px with 8 px between. */
const columns = 24
const cellPx = 30
const gapPx = 8
const edgePx = 16

interface DashboardProps {
  readonly dashboard: GrafanaDashboard
  readonly answers: Answers
  readonly theme: GrafanaTheme2
  readonly width: number
}

/** A whole dashboard: its head, its rows, its panels at their places. */
export function Dashboard({ dashboard, answers, theme, width }: DashboardProps) {
  const columnPx = (width - 2 * edgePx + gapPx) / columns
  const lines = Math.max(...dashboard.panels.map(({ gridPos }) => gridPos.y + gridPos.h))
  const text = theme.colors.text
  return (
    <div style={{ width, padding: edgePx, background: theme.colors.background.canvas, color: text.primary }}>
      <header style={{ display: 'flex', alignItems: 'baseline', gap: 16, height: 40 }}>
        <span style={{ fontSize: 20, fontWeight: 500 }}>{dashboard.title}</span>
        <span style={{ color: text.secondary, flexGrow: 1 }}>
          {dashboard.links.map(({ title }) => title).join('   ·   ')}
        </span>
        <span style={{ color: text.secondary }}>{timeText(answers)}</span>
      </header>
      <div style={{ position: 'relative', height: lines * (cellPx + gapPx) }}>
        {dashboard.panels.map((panel) => {
          const { x, y, w, h } = panel.gridPos
          const place = { left: x * columnPx, top: y * (cellPx + gapPx) }
          const size = { width: w * columnPx - gapPx, height: h * (cellPx + gapPx) - gapPx }
          return (
            <div key={panel.id} data-panel={panel.title} style={{ position: 'absolute', ...place, ...size }}>
              {panel.type === 'row' ? (
                <div style={{ fontWeight: 500, lineHeight: `${cellPx}px` }}>{`⌄ ${panel.title}`}</div>
              ) : (
                <Panel {...{ dashboard, panel, answers, theme, ...size }} />
              )}
            </div>
          )
        })}
      </div>
    </div>
  )
}

function timeText({ fromMs, toMs }: Answers): string {
  const text = (at: number): string => dateTimeFormat(at, { timeZone: 'utc', format: 'HH:mm:ss' })
  return `${text(fromMs)} to ${text(toMs)} UTC`
}
