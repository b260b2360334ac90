import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { dashboards } from '../generate/dashboards/dashboards.ts'
import { root } from '../tidy/tracked-files.ts'
import { compose } from './compose-file.ts'

/** Units of Grafana that we use; one it does not know is shown as text behind the number. */
const units = ['s', 'short', 'eps', 'ops', 'bytes', 'percentunit', 'bool_yes_no']

interface GridPanel {
  readonly id: number
  readonly type: string
  readonly title: string
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly targets?: readonly { readonly expr: string; readonly datasource: { readonly uid: string } }[]
}

interface GridDashboard {
  readonly uid: string
  readonly title: string
  readonly links: readonly { readonly url: string }[]
  readonly panels: readonly GridPanel[]
}

function fileOf(id: string): GridDashboard {
  return JSON.parse(readFileSync(join(root, 'dashboards', `${id}.json`), 'utf8')) as GridDashboard
}

describe.each(dashboards.map((dashboard) => [dashboard.id, dashboard] as const))('the dashboard "%s"', (id, given) => {
  const panels = given.rows.flatMap((row) => row.panels)

  test('says of every panel what it tells, in what unit, and where a runbook is', () => {
    for (const { title, description, unit, queries, runbook } of panels) {
      expect(description.length, title).toBeGreaterThan(20)
      expect(units, title).toContain(unit)
      expect(queries.length, title).toBeGreaterThan(0)
      if (runbook !== undefined) expect(existsSync(join(root, `docs/runbooks/${runbook}.md`)), runbook).toBe(true)
    }
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length)
  })

  test('lays panels side by side, none over another', () => {
    const { panels: placed } = fileOf(id)
    expect(new Set(placed.map((panel) => panel.id)).size).toBe(placed.length)
    const taken = new Set<string>()
    for (const { title, gridPos } of placed) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24)
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.has(`${x} ${y}`), title).toBe(false)
          taken.add(`${x} ${y}`)
        }
    }
  })

  test('links to all others, and asks the Prometheus that is provisioned', () => {
    const { links, panels: placed } = fileOf(id)
    const others = dashboards.filter((other) => other.id !== id).map((other) => `/d/${fileOf(other.id).uid}`)
    expect(links.map(({ url }) => url)).toEqual(others)
    const source = readFileSync(join(root, 'deploy/grafana/provisioning/datasources/prometheus.yml'), 'utf8')
    const [{ uid }] = (parse(source) as { datasources: [{ uid: string }] }).datasources
    for (const { targets = [] } of placed) for (const { datasource } of targets) expect(datasource.uid).toBe(uid)
  })
})

test('Grafana is given the folder that it is told to read', () => {
  const provider = readFileSync(join(root, 'deploy/grafana/provisioning/dashboards/ostiary.yml'), 'utf8')
  const [{ options }] = (parse(provider) as { providers: [{ options: { path: string } }] }).providers
  expect(compose.services['grafana']?.volumes).toContain(`./dashboards:${options.path}:ro`)
})
