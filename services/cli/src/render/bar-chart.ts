/** Values by place, one series a model. */
export interface ChartSeries {
  readonly name: string
  readonly values: readonly number[]
}

export interface Chart {
  /** What is shown, for who cannot see it. */
  readonly title: string
  readonly labels: readonly string[]
  readonly series: readonly ChartSeries[]
  /** Logarithmic: a zero has no bar, and each line is ten times the one before. */
  readonly isLog?: boolean
}

const width = 880
const height = 240
const left = 56
const bottom = 40
const top = 12
/** Colours that people who see colours differently tell apart. */
const colours = ['#0072b2', '#d55e00'] as const
/** Labels under the axis. */
const labelsMax = 16

/** A bar chart as SVG: no script, no font, nothing from elsewhere. */
export function barChart({ title, labels, series, isLog = false }: Chart): string {
  const most = Math.max(1, ...series.flatMap(({ values }) => values))
  const share = (value: number): number =>
    isLog ? (value <= 0 ? 0 : (Math.log10(value) + 1) / (Math.log10(most) + 1)) : value / most
  const plot = height - bottom - top
  const yOf = (value: number): number => top + plot * (1 - share(value))
  const step = (width - left) / Math.max(labels.length, 1)
  const bar = (step * 0.8) / series.length
  const bars = series.flatMap(({ name, values }, one) =>
    values.map((value, at) => {
      const x = left + at * step + step * 0.1 + one * bar
      const y = yOf(value)
      const text = `<title>${escapeHtml(`${labels[at]} ${name}: ${value}`)}</title>`
      return `<rect x="${fixed(x)}" y="${fixed(y)}" width="${fixed(bar)}" height="${fixed(top + plot - y)}" fill="${colours[one % 2]}">${text}</rect>`
    }),
  )
  const every = Math.ceil(labels.length / labelsMax)
  const under = labels.map((label, at) =>
    at % every === 0
      ? `<text x="${fixed(left + (at + 0.5) * step)}" y="${height - bottom + 16}" text-anchor="middle">${escapeHtml(label)}</text>`
      : '',
  )
  const lines = ticksOf(most, isLog).map(
    (value) =>
      `<line x1="${left}" x2="${width}" y1="${fixed(yOf(value))}" y2="${fixed(yOf(value))}" stroke="#ddd"/>` +
      `<text x="${left - 6}" y="${fixed(yOf(value) + 4)}" text-anchor="end">${value}</text>`,
  )
  const legend = series.map(
    ({ name }, one) =>
      `<rect x="${left + one * 120}" y="${height - 14}" width="10" height="10" fill="${colours[one % 2]}"/>` +
      `<text x="${left + 16 + one * 120}" y="${height - 5}">${escapeHtml(name)}</text>`,
  )
  return (
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(title)}" xmlns="http://www.w3.org/2000/svg">` +
    `${lines.join('')}${bars.join('')}${under.join('')}${legend.join('')}</svg>`
  )
}

function ticksOf(most: number, isLog: boolean): number[] {
  if (isLog) return Array.from({ length: Math.floor(Math.log10(most)) + 1 }, (_, power) => Number(`1e${power}`))
  const step = Math.max(1, Math.ceil(most / 4))
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, index) => index * step)
}

function fixed(value: number): string {
  return value.toFixed(1)
}

/** Text that stays text in HTML, in attributes too. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}
