import {
  type DataFrame,
  type Field,
  FieldType,
  fieldMatchers,
  type GrafanaTheme2,
  getDisplayProcessor,
  getFieldDisplayName,
  getMinMaxAndDelta,
  type Labels,
} from '@grafana/data'
import type { Answers, GrafanaDashboard, GrafanaPanel } from './grafana-dashboard.ts'

interface Series {
  readonly metric: Labels
  readonly values?: readonly (readonly [number, string])[]
  readonly value?: readonly [number, string]
}

type ToldExamples = readonly { readonly exemplars: readonly { readonly value: string; readonly timestamp: number }[] }[]

const stepsPerExample = 3

/** A point that names a record, event or alert. */
export interface Example {
  readonly timeMs: number
  readonly value: number
}

/** What each kind of panel takes for granted where the file says nothing. */
const kindDefaults: Readonly<Record<string, object>> = {
  timeseries: { color: { mode: 'palette-classic' } },
  stat: { color: { mode: 'thresholds' } },
  table: { color: { mode: 'thresholds' } },
}
const customDefaults: Readonly<Record<string, object>> = {
  timeseries: {
    ...{ drawStyle: 'line', lineInterpolation: 'linear', lineWidth: 1, fillOpacity: 0, gradientMode: 'none' },
    ...{ showPoints: 'auto', pointSize: 5, spanNulls: false, barAlignment: 0, barWidthFactor: 0.6 },
    ...{ axisPlacement: 'auto', axisColorMode: 'text', axisBorderShow: false, scaleDistribution: { type: 'linear' } },
    ...{ stacking: { mode: 'none', group: 'A' }, thresholdsStyle: { mode: 'off' } },
    hideFrom: { tooltip: false, viz: false, legend: false },
  },
}

/** The frames that Grafana's source of data would make of Prometheus's answers, with the panel's field settings. */
export function framesOf(
  { uid }: GrafanaDashboard,
  panel: GrafanaPanel,
  answers: Answers,
  theme: GrafanaTheme2,
): DataFrame[] {
  const frames = (panel.targets ?? []).flatMap(({ refId, legendFormat = '__auto', format }) => {
    const answer = answers.targets[`${uid}/${panel.id}/${refId}`]
    if (answer === undefined)
      throw new Error(`No answer to ${uid}/${panel.id}/${refId}: it was recorded of other files`)
    const series = answer.result as readonly Series[]
    return format === 'table'
      ? [tableFrame(series, refId)]
      : series.map((one) => seriesFrame(one, refId, legendFormat, { ...answers, stepMs: answer.stepMs }))
  })
  let position = 0
  for (const frame of frames)
    for (const field of frame.fields) {
      if (field.type === FieldType.number) field.state = { ...field.state, seriesIndex: position++ }
      configure(field, frame, frames, panel)
      if (field.type === FieldType.number) field.state = { ...field.state, range: getMinMaxAndDelta(field) }
      field.display = getDisplayProcessor({ field, theme, timeZone: 'utc' })
    }
  return frames
}

/** Of many examples, Grafana keeps those that stand out; here the largest of every few seconds. */
export function examplesOf({ uid }: GrafanaDashboard, panel: GrafanaPanel, answers: Answers): Example[] {
  const largest = new Map<number, Example>()
  for (const { refId } of panel.targets ?? [])
    for (const { exemplars } of (answers.targets[`${uid}/${panel.id}/${refId}`]?.exemplars ?? []) as ToldExamples)
      for (const { value, timestamp } of exemplars) {
        const slot = Math.floor((timestamp * 1000 - answers.fromMs) / (answers.stepMs * stepsPerExample))
        if (Number(value) > (largest.get(slot)?.value ?? Number.NEGATIVE_INFINITY))
          largest.set(slot, { timeMs: timestamp * 1000, value: Number(value) })
      }
  return [...largest.values()]
}

function seriesFrame(
  series: Series,
  refId: string,
  legendFormat: string,
  { fromMs, toMs, stepMs }: Answers,
): DataFrame {
  const given = new Map((series.values ?? [series.value!]).map(([at, value]) => [Math.round(at * 1000), Number(value)]))
  const start = given.keys().next().value!
  const times: number[] = []
  // A step without a value, or with one that is no number, is a gap.
  if (series.values === undefined) times.push(start)
  else for (let at = fromMs; at <= toMs; at += stepMs) times.push(at)
  const values = times
    .map((at) => given.get(at))
    .map((value) => (value === undefined || Number.isNaN(value) ? null : value))
  const { __name__: _name, ...labels } = series.metric
  const name =
    legendFormat === '__auto'
      ? undefined
      : legendFormat.replace(/{{(\w+)}}/g, (_, label: string) => series.metric[label] ?? '')
  return {
    refId,
    length: times.length,
    fields: [
      { name: 'Time', type: FieldType.time, values: times, config: {} },
      {
        name: 'Value',
        type: FieldType.number,
        values,
        labels,
        config: name === undefined ? {} : { displayNameFromDS: name },
      },
    ],
  }
}

/** Labels as columns, as an instant query in the format of a table comes. */
function tableFrame(series: readonly Series[], refId: string): DataFrame {
  const names = [...new Set(series.flatMap(({ metric }) => Object.keys(metric)))].sort()
  const column = (name: string, type: FieldType, values: unknown[]): Field => ({ name, type, values, config: {} })
  return {
    refId,
    length: series.length,
    fields: [
      column(
        'Time',
        FieldType.time,
        series.map(({ value }) => value![0] * 1000),
      ),
      ...names.map((name) =>
        column(
          name,
          FieldType.string,
          series.map(({ metric }) => metric[name] ?? ''),
        ),
      ),
      column(
        'Value',
        FieldType.number,
        series.map(({ value }) => Number(value![1])),
      ),
    ],
  }
}

function configure(field: Field, frame: DataFrame, frames: DataFrame[], panel: GrafanaPanel): void {
  const { defaults = {}, overrides = [] } = panel.fieldConfig ?? {}
  const custom = { ...customDefaults[panel.type], ...(defaults['custom'] as object) }
  field.config = { ...kindDefaults[panel.type], ...defaults, ...field.config, custom: structuredClone(custom) }
  // A unit is of the numbers.
  if (field.type !== FieldType.number) delete field.config.unit
  for (const { matcher, properties } of overrides)
    if (fieldMatchers.get(matcher.id).get(matcher.options)(field, frame, frames))
      for (const { id, value } of properties) set(field.config as Record<string, unknown>, id.split('.'), value)
  field.state = { ...field.state, displayName: null }
  field.state.displayName = getFieldDisplayName(field, frame, frames)
}

function set(target: Record<string, unknown>, [first, ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    target[first!] = value
    return
  }
  target[first!] ??= {}
  set(target[first!] as Record<string, unknown>, rest, value)
}
