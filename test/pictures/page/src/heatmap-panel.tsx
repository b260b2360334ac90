import { type DataFrame, type Field, FieldType, type GrafanaTheme2, getValueFormat } from '@grafana/data'
import { UPlotChart, UPlotConfigBuilder } from '@grafana/ui'
import { interpolateOranges } from 'd3'
import { useMemo } from 'react'
import type { Answers } from './grafana-dashboard.ts'
import type { Example } from './panel-data.ts'

interface HeatmapPanelProps {
  readonly frames: readonly DataFrame[]
  readonly examples: readonly Example[]
  readonly options: Record<string, unknown>
  readonly answers: Answers
  readonly theme: GrafanaTheme2
  readonly width: number
  readonly height: number
}

/** A row of a heatmap: what lies over the bound below it and up to its own. */
interface Row {
  readonly bound: number
  readonly counts: readonly (number | null)[]
}
type DrawHook = NonNullable<Parameters<typeof UPlotConfigBuilder.prototype.addHook<'draw'>>[1]>
type Plot = Parameters<DrawHook>[0]

const legendPx = 24

/**
 * A histogram over time. Grafana's heatmap is part of its application and no package: this one has its axes and its palette, and
 * our cells.
 */
export function HeatmapPanel(props: HeatmapPanelProps) {
  const { frames, answers, theme, width, height } = props
  const rows = useMemo(() => rowsOf(frames), [frames])
  const most = Math.max(1e-9, ...rows.flatMap(({ counts }) => counts.map((count) => count ?? 0)))
  const config = useMemo(() => configOf(props, rows, most), [props, rows, most])
  const times = frames[0]?.fields[0]?.values ?? [answers.fromMs]
  return (
    <>
      <UPlotChart
        width={width}
        height={height - legendPx}
        config={config}
        data={[times, times.map(() => null)] as never}
      />
      <div style={{ display: 'flex', gap: 8, fontSize: 11, color: theme.colors.text.secondary, paddingLeft: 12 }}>
        <span>0</span>
        <span style={{ width: 180, height: 10, marginTop: 4, background: gradient() }} />
        <span>{getValueFormat('short')(most).text.trim()}</span>
      </div>
    </>
  )
}

function configOf(
  { examples, options, answers, theme }: HeatmapPanelProps,
  rows: readonly Row[],
  most: number,
): UPlotConfigBuilder {
  const unit = (options['yAxis'] as { unit?: string } | undefined)?.unit ?? 'short'
  const builder = new UPlotConfigBuilder('utc')
  const x = { scaleKey: 'x', isTime: true, orientation: 0, direction: 1, range: () => [answers.fromMs, answers.toMs] }
  const y = { scaleKey: 'y', isTime: false, orientation: 1, direction: 1, range: () => [0, rows.length] }
  builder.addScale(x as never)
  builder.addScale(y as never)
  builder.addAxis({
    scaleKey: 'x',
    isTime: true,
    placement: 'bottom',
    theme,
    timeZone: 'utc',
    grid: { show: false },
  } as never)
  const stride = Math.max(1, Math.ceil(rows.length / 9))
  builder.addAxis({
    ...{ scaleKey: 'y', placement: 'left', theme, grid: { show: false } },
    splits: rows.map((_, row) => row + 1).filter((row) => row % stride === 0),
    formatValue: (row: number) => boundText(rows[row - 1]?.bound ?? 0, unit),
  } as never)
  builder.addSeries({ scaleKey: 'y', theme, drawStyle: 'points', show: true, pathBuilder: () => null } as never)
  builder.addHook('draw', (plot) => {
    plot.ctx.save()
    drawCells(plot, rows, most, answers)
    drawExamples(plot, rows, examples)
    plot.ctx.restore()
  })
  return builder
}

function drawCells(plot: Plot, rows: readonly Row[], most: number, { fromMs, stepMs }: Answers): void {
  const { ctx } = plot
  for (const [row, { counts }] of rows.entries())
    for (const [column, count] of counts.entries()) {
      if (count === null || count <= 1e-9) continue
      const [left, right] = [-1, 0].map((step) => plot.valToPos(fromMs + (column + step) * stepMs, 'x', true)) as [
        number,
        number,
      ]
      const [bottom, top] = [row, row + 1].map((edge) => plot.valToPos(edge, 'y', true)) as [number, number]
      const { left: edge } = plot.bbox
      ctx.fillStyle = colourOf(count / most)
      ctx.fillRect(Math.max(edge, left), top, Math.max(0, right - Math.max(edge, left) - 1), bottom - top - 1)
    }
}

function drawExamples(plot: Plot, rows: readonly Row[], examples: readonly Example[]): void {
  const size = 3 * devicePixelRatio
  plot.ctx.fillStyle = 'rgba(31, 96, 196, 0.8)'
  for (const { timeMs, value } of examples) {
    const row = rows.findIndex(({ bound }) => value <= bound)
    if (row < 0 || timeMs < (plot.scales['x']?.min ?? 0)) continue
    const below = rows[row - 1]?.bound ?? 0
    const within = Number.isFinite(rows[row]!.bound) ? (value - below) / (rows[row]!.bound - below) : 0.5
    plot.ctx.fillRect(
      plot.valToPos(timeMs, 'x', true) - size,
      plot.valToPos(row + within, 'y', true) - size,
      2 * size,
      2 * size,
    )
  }
}

/** Cumulative buckets, each less the one below. */
function rowsOf(frames: readonly DataFrame[]): Row[] {
  const bound = (field: Field): number =>
    field.labels?.['le'] === '+Inf' ? Number.POSITIVE_INFINITY : Number(field.labels?.['le'])
  const fields = frames
    .map((frame) => frame.fields.find(({ type }) => type === FieldType.number)!)
    .sort((a, b) => bound(a) - bound(b))
  return fields.map((field, row) => ({
    bound: bound(field),
    counts: field.values.map((value: number | null, column: number) =>
      value === null ? null : Math.max(0, value - (fields[row - 1]?.values[column] ?? 0)),
    ),
  }))
}

function boundText(bound: number, unit: string): string {
  if (!Number.isFinite(bound)) return '+Inf'
  const { text, suffix = '' } = getValueFormat(unit)(bound)
  return `${text}${suffix}`
}

/** Dark is little, as Grafana turns this palette round on a dark ground. */
function colourOf(share: number): string {
  return interpolateOranges(1 - share)
}

function gradient(): string {
  return `linear-gradient(90deg, ${[0, 0.25, 0.5, 0.75, 1].map(colourOf).join(', ')})`
}
