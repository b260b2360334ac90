/** Values by time, one line each. */
export interface Line {
  readonly name: string
  readonly values: readonly number[]
}

const width = 880
const height = 220
const left = 60
const top = 26
const bottom = 26
/** Lines across, above the axis. */
const ticks = 4
/** Colours that people who see colours differently tell apart. */
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7'] as const

/** A line chart as SVG; what is not a number leaves a gap. The axis below is minutes. */
export function lineChart(title: string, seconds: readonly number[], lines: readonly Line[]): string {
  const most = Math.max(1, ...lines.flatMap(({ values }) => values.filter(Number.isFinite)))
  const end = Math.max(1, seconds.at(-1) ?? 1)
  const x = (at: number): string => (left + ((width - left - 8) * at) / end).toFixed(1)
  const y = (value: number): string => (top + (height - top - bottom) * (1 - value / most)).toFixed(1)
  const across = Array.from({ length: ticks + 1 }, (_, index) => {
    const value = (most * index) / ticks
    return (
      `<line x1="${left}" x2="${width}" y1="${y(value)}" y2="${y(value)}" stroke="#ddd"/>` +
      `<text x="${left - 6}" y="${y(value)}" text-anchor="end">${value < 10 ? value.toFixed(1) : value.toFixed(0)}</text>`
    )
  })
  const paths = lines.map(({ values }, index) => {
    const points = values.flatMap((value, at) => (Number.isFinite(value) ? [`${x(seconds[at]!)},${y(value)}`] : []))
    return `<polyline fill="none" stroke="${colours[index % colours.length]}" stroke-width="1.5" points="${points.join(' ')}"/>`
  })
  const legend = lines.map(
    ({ name }, index) =>
      `<text x="${width - 8 - (lines.length - 1 - index) * 110}" y="14" text-anchor="end" fill="${colours[index % colours.length]}">${name}</text>`,
  )
  return (
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}" xmlns="http://www.w3.org/2000/svg" ` +
    `style="font:11px system-ui,sans-serif;background:#fff"><text x="${left}" y="14" font-weight="bold">${title}</text>` +
    `${across.join('')}${paths.join('')}${legend.join('')}` +
    `<text x="${width - 8}" y="${height - 6}" text-anchor="end">${(end / 60).toFixed(0)} minutes</text></svg>\n`
  )
}
