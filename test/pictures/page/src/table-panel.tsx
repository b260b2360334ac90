import type { DataFrame } from '@grafana/data'
import { Table } from '@grafana/ui'
import type { GrafanaPanel } from './grafana-dashboard.ts'

interface TablePanelProps {
  readonly frames: readonly DataFrame[]
  readonly panel: GrafanaPanel
  readonly width: number
  readonly height: number
}

/** A table by Grafana's own component, after "organize", the one transformation that our files use. */
export function TablePanel({ frames: [frame], panel, width, height }: TablePanelProps) {
  if (frame === undefined) return null
  return <Table data={organised(frame, panel)} width={width} height={height} cellHeight={'sm' as never} />
}

function organised(frame: DataFrame, { transformations = [] }: GrafanaPanel): DataFrame {
  let { fields } = frame
  for (const { id, options } of transformations) {
    if (id !== 'organize') throw new Error(`Cannot draw the transformation "${id}": teach it to table-panel.tsx`)
    const { excludeByName = {}, renameByName = {}, indexByName = {} } = options as Record<string, Record<string, never>>
    fields = fields
      .filter(({ name }) => excludeByName[name] !== true)
      .map((field) => ({
        ...field,
        name: renameByName[field.name] ?? field.name,
        state: { ...field.state, displayName: renameByName[field.name] ?? field.name },
        config: { ...field.config, displayName: renameByName[field.name] ?? field.name },
        position: indexByName[field.name] ?? 0,
      }))
      .sort((a, b) => a.position - b.position)
  }
  return { ...frame, fields }
}
