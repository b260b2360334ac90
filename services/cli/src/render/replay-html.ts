import type { Replay } from '@ostiary/runtime'
import { barChart, escapeHtml } from './bar-chart.ts'
import { type ReplaySection, replaySections, replayTitle } from './replay-sections.ts'

const style = `
body{font:15px/1.5 system-ui,sans-serif;max-width:960px;margin:2em auto;padding:0 1em;color:#222}
table{border-collapse:collapse;margin:1em 0;width:100%}
th,td{border-bottom:1px solid #ddd;padding:.25em .6em;text-align:left;vertical-align:top}
th{background:#f6f6f6}td:not(:first-child){font-variant-numeric:tabular-nums}
svg{width:100%;height:auto;font:11px system-ui,sans-serif}figcaption{color:#555}figure{margin:1em 0}`

/** A replay as one HTML page that needs nothing from elsewhere, and runs nothing. */
export function replayHtml(done: Replay): string {
  const [first, ...others] = replaySections(done)
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Ostiary replay</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>${style}</style></head><body>
<h1>Replay</h1>
<p>${escapeHtml(replayTitle(done))}.</p>
${section(first!)}
${figures(done)}
${others.map(section).join('\n')}
</body></html>
`
}

function figures({ runs }: Replay): string {
  const days = barChart({
    title: 'Pages a day',
    labels: runs[0]!.days.map(({ day }) => day.slice(5)),
    series: runs.map(({ name, days: held }) => ({ name, values: held.map(({ pages }) => pages) })),
  })
  const bits = Math.max(...runs.map(({ tail }) => tail.length))
  const tails = barChart({
    title: 'Events at so many bits or more',
    labels: Array.from({ length: bits }, (_, index) => String(index)),
    series: runs.map(({ name, tail }) => ({
      name,
      values: Array.from({ length: bits }, (_, index) => tail[index] ?? 0),
    })),
    isLog: true,
  })
  return (
    `<figure>${days}<figcaption>Pages by the day their case began on.</figcaption></figure>` +
    `<figure>${tails}<figcaption>Events that score so many bits or more. A model that is calibrated to these events halves with every bit.</figcaption></figure>`
  )
}

function section({ title, text, head, rows }: ReplaySection): string {
  const cells = (tag: 'th' | 'td', row: readonly string[]): string =>
    `<tr>${row.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`
  const table =
    rows.length === 0
      ? ''
      : `<table><thead>${cells('th', head)}</thead><tbody>${rows.map((row) => cells('td', row)).join('')}</tbody></table>`
  return `<h2>${escapeHtml(title)}</h2>${text.map((line) => `<p>${escapeHtml(line)}</p>`).join('')}${table}`
}
