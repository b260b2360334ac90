import { type DataFrame, dateTime, FieldType, type TimeRange } from '@grafana/data'
import { TimeSeries, type UPlotConfigBuilder } from '@grafana/ui'
import { useLayoutEffect } from 'react'
import type { Answers } from './grafana-dashboard.ts'
import type { Example } from './panel-data.ts'

interface SeriesPanelProps {
  readonly frames: DataFrame[]
  readonly examples: readonly Example[]
  readonly options: Record<string, unknown>
  readonly answers: Answers
  readonly width: number
  readonly height: number
}

export function timeRangeOf({ fromMs, toMs }: Answers): TimeRange {
  const [from, to] = [dateTime(fromMs), dateTime(toMs)]
  return { from, to, raw: { from, to } }
}

/** Lines and bars over time, by Grafana's own component. */
export function SeriesPanel({ frames, examples, options, answers, width, height }: SeriesPanelProps) {
  const legend = {
    showLegend: true,
    displayMode: 'list',
    placement: 'bottom',
    calcs: [],
    ...(options['legend'] as object),
  }
  return (
    <TimeSeries
      frames={frames.filter(({ fields }) => fields.some(({ type }) => type === FieldType.number))}
      structureRev={1}
      timeRange={timeRangeOf(answers)}
      timeZone="utc"
      width={width}
      height={height}
      legend={legend as never}
      options={options}
    >
      {(builder: UPlotConfigBuilder) => <Examples builder={builder} examples={examples} />}
    </TimeSeries>
  )
}

const exampleSize = 4

/** Diamonds where a histogram keeps an example. Grafana's own are part of its application, and look so. */
function Examples({
  builder,
  examples,
}: {
  readonly builder: UPlotConfigBuilder
  readonly examples: readonly Example[]
}) {
  useLayoutEffect(() => {
    builder.addHook('draw', (plot) => {
      const { ctx } = plot
      const [, yScale] = Object.keys(plot.scales)
      const size = exampleSize * devicePixelRatio
      ctx.save()
      ctx.beginPath()
      ctx.rect(plot.bbox.left, plot.bbox.top, plot.bbox.width, plot.bbox.height)
      ctx.clip()
      ctx.fillStyle = 'rgba(31, 96, 196, 0.85)'
      for (const { timeMs, value } of examples) {
        const [x, y] = [plot.valToPos(timeMs, 'x', true), plot.valToPos(value, yScale!, true)]
        ctx.beginPath()
        ctx.moveTo(x, y - size)
        ctx.lineTo(x + size, y)
        ctx.lineTo(x, y + size)
        ctx.lineTo(x - size, y)
        ctx.fill()
      }
      ctx.restore()
    })
  }, [builder, examples])
  return null
}
