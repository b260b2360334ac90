import type { Dashboard, Panel, PanelKind } from './dashboard.ts'
import { dashboards } from './dashboards.ts'

/** As deploy/grafana/provisioning names it. */
const datasource = { type: 'prometheus', uid: 'prometheus' }
/** The schema of dashboards that Grafana 12 writes. */
const schemaVersion = 41
const columns = 24
/** Where an axis ends at least, by unit; elsewhere at 1. */
const quiet: Readonly<Record<string, number>> = { s: 0.001, percentunit: 0.01 }
const heights: Readonly<Record<PanelKind, number>> = { lines: 8, bars: 8, number: 4, table: 8, heatmap: 8 }
const types: Readonly<Record<PanelKind, string>> = {
  lines: 'timeseries',
  bars: 'timeseries',
  number: 'stat',
  table: 'table',
  heatmap: 'heatmap',
}

/** A dashboard as Grafana reads it. */
export function grafanaJson(dashboard: Dashboard): string {
  const json = {
    uid: `ostiary-${dashboard.id}`,
    ...{ title: dashboard.title, description: dashboard.description, tags: ['ostiary'] },
    ...{ schemaVersion, version: 1, editable: false, graphTooltip: 1, timezone: 'utc', refresh: '30s' },
    time: { from: 'now-3h', to: 'now' },
    annotations: { list: [] },
    templating: { list: [] },
    links: dashboards
      .filter(({ id }) => id !== dashboard.id)
      .map(({ id, title }) => ({
        ...{ type: 'link', title, url: `/d/ostiary-${id}`, keepTime: true, includeVars: false, targetBlank: false },
        ...{ icon: 'dashboard', tooltip: title, tags: [], asDropdown: false },
      })),
    panels: laidOut(dashboard),
  }
  return `${JSON.stringify(json, null, 2)}\n`
}

function laidOut({ rows }: Dashboard): readonly object[] {
  const placed: object[] = []
  let y = 0
  for (const { title, panels } of rows) {
    placed.push({
      id: placed.length + 1,
      type: 'row',
      title,
      collapsed: false,
      panels: [],
      gridPos: at(0, y, columns, 1),
    })
    y += 1
    for (const line of linesOf(panels)) {
      const height = Math.max(...line.map(({ kind }) => heights[kind]))
      let x = 0
      for (const panel of line) {
        placed.push({ id: placed.length + 1, ...panelJson(panel), gridPos: at(x, y, panel.width, height) })
        x += panel.width
      }
      y += height
    }
  }
  return placed
}

/** Panels side by side, as many as fit; those of a line are equally high. */
function linesOf(panels: readonly Panel[]): readonly (readonly Panel[])[] {
  const lines: Panel[][] = []
  let taken = columns
  for (const panel of panels) {
    if (taken + panel.width > columns) {
      lines.push([])
      taken = 0
    }
    lines.at(-1)!.push(panel)
    taken += panel.width
  }
  return lines
}

function at(x: number, y: number, w: number, h: number): object {
  return { x, y, w, h }
}

function panelJson(panel: Panel): object {
  const { title, description, kind, queries, runbook } = panel
  const more = runbook === undefined ? '' : `\n\nRunbook: docs/runbooks/${runbook}.md`
  return {
    type: types[kind],
    title,
    description: description + more,
    datasource,
    fieldConfig: { defaults: defaultsOf(panel), overrides: overridesOf(panel) },
    options: optionsOf(panel),
    targets: queries.map(({ expr, legend, examples }, index) => ({
      ...{ refId: String.fromCharCode(65 + index), datasource, editorMode: 'code', expr },
      ...{ legendFormat: legend === '' ? '__auto' : legend, exemplar: examples === true },
      ...(kind === 'table' ? { instant: true, range: false } : { instant: false, range: true }),
      format: kind === 'table' ? 'table' : kind === 'heatmap' ? 'heatmap' : 'time_series',
    })),
    // Bars count what fell into each of them: wide enough for some scrapes, or the same case would stand in several.
    ...(kind === 'bars' ? { interval: '1m' } : {}),
    ...(kind === 'table' ? { transformations: [organised(panel)] } : {}),
  }
}

function defaultsOf(panel: Panel): object {
  const { unit, kind, decimals, limits, isLog } = panel
  const { least, yellow, red } = limits ?? {}
  const steps = [
    { color: least === undefined ? 'green' : 'red', value: null },
    ...(least === undefined ? [] : [{ color: 'green', value: least }]),
    ...(yellow === undefined ? [] : [{ color: 'yellow', value: yellow }]),
    ...(red === undefined ? [] : [{ color: 'red', value: red }]),
  ]
  return {
    unit,
    ...(decimals === undefined ? {} : { decimals }),
    thresholds: { mode: 'absolute', steps },
    custom: { ...customOf(kind, isLog === true), ...axisOf(panel), ...limitsShown(kind, limits) },
  }
}

function limitsShown(kind: PanelKind, limits: Panel['limits']): object {
  return kind === 'lines' && limits !== undefined ? { thresholdsStyle: { mode: 'dashed' } } : {}
}

function overridesOf({ colours = {}, dashed }: Panel): readonly object[] {
  const byName = Object.entries(colours).map(([name, colour]) => ({
    matcher: { id: 'byName', options: name },
    properties: [{ id: 'color', value: { mode: 'fixed', fixedColor: colour } }],
  }))
  if (dashed === undefined) return byName
  const properties = [
    { id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 8] } },
    { id: 'custom.fillOpacity', value: 0 },
  ]
  return [...byName, { matcher: { id: 'byRegexp', options: dashed }, properties }]
}

/** Columns in the order given, called what is said of them. */
function organised({ columns = {} }: Panel): object {
  const indexByName = Object.fromEntries(Object.keys(columns).map((name, index) => [name, index]))
  return { id: 'organize', options: { excludeByName: { Time: true }, indexByName, renameByName: columns } }
}

/** An axis of counts and rates begins at nothing and ends at little, so that a quiet hour looks quiet; limits near by are shown. */
function axisOf({ kind, unit, limits, isLog }: Panel): object {
  if (kind !== 'lines' && kind !== 'bars') return {}
  if (isLog === true) return { scaleDistribution: { type: 'log', log: 10 } }
  const limit = unit === 's' ? undefined : limits?.red
  return { axisSoftMin: limits?.least ?? 0, axisSoftMax: limit ?? quiet[unit] ?? 1 }
}

function customOf(kind: PanelKind, isLog: boolean): object {
  if (kind === 'lines')
    // A lone value between two gaps is a point, or it would not be seen.
    return { drawStyle: 'line', lineWidth: 1, fillOpacity: isLog ? 0 : 8, showPoints: 'auto', spanNulls: false }
  if (kind === 'bars') return { drawStyle: 'bars', fillOpacity: 70, stacking: { mode: 'normal', group: 'A' } }
  if (kind === 'table') return { minWidth: 60 }
  return {}
}

function optionsOf({ kind, unit }: Panel): object {
  if (kind === 'number')
    return {
      ...{ colorMode: 'value', graphMode: 'area', textMode: 'auto' },
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
    }
  if (kind === 'table') return { showHeader: true, cellHeight: 'sm' }
  if (kind === 'heatmap')
    return {
      calculate: false,
      color: { mode: 'scheme', scheme: 'Oranges', steps: 64 },
      yAxis: { unit },
      exemplars: { color: 'rgba(31,96,196,0.8)' },
    }
  return { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } }
}
