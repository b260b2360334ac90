/** One line of a plot, and what it is called. */
interface Line {
  readonly name: string
  readonly points: readonly (readonly [x: number, y: number])[]
}

export interface Plot {
  readonly title: string
  readonly x: string
  readonly y: string
  readonly lines: readonly Line[]
  /** Whether a line shows where both axes say the same. */
  readonly hasDiagonal?: boolean
}

const width = 440
const height = 300
const margin = { left: 62, right: 14, top: 34, bottom: 62 }
const ticksMax = 5
/** Colours that people who see colours differently tell apart; every second line is dashed, too. */
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7'] as const
const dashes = ['none', '6 3'] as const
const legendWidth = 185
const legendHeight = 14

/**
 * Plots of lines, two abreast, as one SVG. No script, no font, nothing from elsewhere; the same numbers give the same bytes. At
 * most four lines a plot.
 */
export function linePlots(plots: readonly Plot[]): string {
  const rows = Math.ceil(plots.length / 2)
  const placed = plots.map(
    (plot, index) =>
      `<g transform="translate(${(index % 2) * width} ${Math.floor(index / 2) * height})">${drawn(plot)}</g>`,
  )
  const names = plots.map(({ title }) => title).join(', ')
  return (
    `<svg viewBox="0 0 ${2 * width} ${rows * height}" width="${2 * width}" height="${rows * height}" role="img" aria-label="${names}" ` +
    'xmlns="http://www.w3.org/2000/svg" font-family="sans-serif" font-size="11" fill="#333">\n' +
    `<rect width="100%" height="100%" fill="#fff"/>\n${placed.join('\n')}\n</svg>\n`
  )
}

function drawn({ title, x, y, lines, hasDiagonal = false }: Plot): string {
  const head = `<text x="${margin.left}" y="20" font-size="13" font-weight="bold">${title}</text>`
  const points = lines.flatMap((line) => line.points)
  if (points.length === 0) return `${head}<text x="${margin.left}" y="60">nothing to show</text>`
  const across = axisOf(points.map((point) => point[0]))
  const up = axisOf([0, ...points.map((point) => point[1])])
  const right = width - margin.right
  const bottom = height - margin.bottom
  const xOf = (value: number): string => fixed(margin.left + (right - margin.left) * across.share(value))
  const yOf = (value: number): string => fixed(bottom - (bottom - margin.top) * up.share(value))
  const grid = up.ticks.map(
    (value) =>
      `<line x1="${margin.left}" x2="${right}" y1="${yOf(value)}" y2="${yOf(value)}" stroke="#ddd"/>` +
      `<text x="${margin.left - 5}" y="${yOf(value)}" dy="4" text-anchor="end">${plain(value)}</text>`,
  )
  const under = across.ticks.map(
    (value) => `<text x="${xOf(value)}" y="${bottom + 15}" text-anchor="middle">${plain(value)}</text>`,
  )
  const lowest = Math.max(across.from, up.from)
  const highest = Math.min(across.until, up.until)
  const diagonal = hasDiagonal
    ? `<line x1="${xOf(lowest)}" y1="${yOf(lowest)}" x2="${xOf(highest)}" y2="${yOf(highest)}" stroke="#999" stroke-dasharray="2 3"/>`
    : ''
  const drawnLines = lines.map(
    ({ points: all }, index) =>
      `<polyline points="${all.map(([a, b]) => `${xOf(a)},${yOf(b)}`).join(' ')}" fill="none" stroke-width="1.6" ` +
      `stroke="${colours[index % colours.length]}" stroke-dasharray="${dashes[index % 2]}"/>`,
  )
  const names = [
    `<text x="${(margin.left + right) / 2}" y="${bottom + 31}" text-anchor="middle">${x}</text>`,
    `<text x="14" y="${(margin.top + bottom) / 2}" text-anchor="middle" transform="rotate(-90 14 ${(margin.top + bottom) / 2})">${y}</text>`,
    ...lines.map(({ name }, index) => legend(name, index, bottom + 50)),
  ]
  return [head, ...grid, ...under, diagonal, ...drawnLines, ...names].join('')
}

function legend(name: string, index: number, firstY: number): string {
  const y = firstY + Math.floor(index / 2) * (legendHeight - 4)
  const x = margin.left + (index % 2) * legendWidth
  return (
    `<line x1="${x}" x2="${x + 22}" y1="${y - 4}" y2="${y - 4}" stroke-width="1.6" stroke="${colours[index % colours.length]}" ` +
    `stroke-dasharray="${dashes[index % 2]}"/><text x="${x + 28}" y="${y}">${name}</text>`
  )
}

/** From where to where an axis goes, the numbers beside it, and how far along it a value lies, in [0, 1]. */
interface Axis {
  readonly from: number
  readonly until: number
  readonly ticks: readonly number[]
  share(value: number): number
}

/** Ticks at round numbers: steps of 1, 2 or 5 times a power of ten. */
function axisOf(values: readonly number[]): Axis {
  const least = values.reduce((a, b) => Math.min(a, b))
  const most = values.reduce((a, b) => Math.max(a, b))
  const span = most > least ? most - least : 1
  const power = Number(`1e${Math.floor(Math.log10(span / ticksMax))}`)
  const step = [1, 2, 5, 10].map((times) => times * power).find((one) => span / one <= ticksMax) ?? span
  const from = Math.floor(least / step) * step
  const until = Math.max(Math.ceil(most / step) * step, from + step)
  const count = Math.round((until - from) / step)
  return {
    from,
    until,
    ticks: Array.from({ length: count + 1 }, (_, index) => from + index * step),
    share: (value) => (value - from) / (until - from),
  }
}

function fixed(value: number): string {
  return value.toFixed(1)
}

/** Without the last bits that sums of decimal steps leave. */
function plain(value: number): string {
  return String(Number(value.toPrecision(6)))
}
