import type { Dashboard, Panel, PanelKind } from './dashboard.ts'
import { dashboards } from './dashboards.ts'

/** As deploy/grafana/provisioning names it. */
const datasource = { type: 'prometheus', uid: 'prometheus' }
/** The schema of dashboards that Grafana 12 writes. */
const schemaVersion = 41
const columns = 24
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
    let x = 0
    let height = 0
    for (const panel of panels) {
      if (x + panel.width > columns) {
        y += height
        x = 0
        height = 0
      }
      const own = heights[panel.kind]
      placed.push({ id: placed.length + 1, ...panelJson(panel), gridPos: at(x, y, panel.width, own) })
      x += panel.width
      height = Math.max(height, own)
    }
    y += height
  }
  return placed
}

function at(x: number, y: number, w: number, h: number): object {
  return { x, y, w, h }
}

function panelJson({ title, description, unit, kind, queries, runbook, limits }: Panel): object {
  const steps = [
    { color: 'green', value: null },
    ...(limits?.yellow === undefined ? [] : [{ color: 'yellow', value: limits.yellow }]),
    ...(limits === undefined ? [] : [{ color: 'red', value: limits.red }]),
  ]
  const more = runbook === undefined ? '' : `\n\nRunbook: docs/runbooks/${runbook}.md`
  return {
    type: types[kind],
    title,
    description: description + more,
    datasource,
    fieldConfig: { defaults: { unit, thresholds: { mode: 'absolute', steps }, custom: customOf(kind) }, overrides: [] },
    options: optionsOf(kind, unit),
    targets: queries.map(({ expr, legend, examples }, index) => ({
      ...{ refId: String.fromCharCode(65 + index), datasource, editorMode: 'code', expr },
      ...{ legendFormat: legend === '' ? '__auto' : legend, exemplar: examples === true },
      ...(kind === 'table' || kind === 'number' ? { instant: true, range: false } : { instant: false, range: true }),
      format: kind === 'table' ? 'table' : kind === 'heatmap' ? 'heatmap' : 'time_series',
    })),
    ...(kind === 'table' ? { transformations: [{ id: 'organize', options: { excludeByName: { Time: true } } }] } : {}),
  }
}

function customOf(kind: PanelKind): object {
  if (kind === 'lines')
    return { drawStyle: 'line', lineWidth: 1, fillOpacity: 8, showPoints: 'never', spanNulls: false }
  if (kind === 'bars') return { drawStyle: 'bars', fillOpacity: 70, stacking: { mode: 'normal', group: 'A' } }
  return {}
}

function optionsOf(kind: PanelKind, unit: string): object {
  if (kind === 'number')
    return {
      colorMode: 'value',
      graphMode: 'area',
      textMode: 'auto',
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
