import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { hurriedSeconds } from '../receivers/hurried-rules.ts'
import type { Prometheus } from '../receivers/prometheus.ts'
import { checkout } from './checkout.ts'

/** What Prometheus says to one target of a panel: `data.result` of a query, and of a query for examples. */
export interface TargetAnswer {
  readonly stepMs: number
  readonly result: unknown
  readonly exemplars: unknown
}

/** What Prometheus said to every panel of every dashboard, and over which time. */
export interface Answers {
  readonly fromMs: number
  readonly toMs: number
  readonly stepMs: number
  /** By `uid/id of the panel/refId`. */
  readonly targets: Readonly<Record<string, TargetAnswer>>
}

interface AskedTarget {
  readonly refId: string
  readonly expr: string
  readonly instant?: boolean
  readonly exemplar?: boolean
}
interface AskedDashboard {
  readonly uid: string
  readonly panels: readonly {
    readonly id: number
    /** The least step, as `1m`. */
    readonly interval?: string
    readonly targets?: readonly AskedTarget[]
  }[]
}

const points = 150

/** Asks what Grafana would ask of a Prometheus that scrapes every second, over this time. Least steps are shortened as rules are. */
export async function askPanels(prometheus: Prometheus, fromMs: number, toMs: number): Promise<Answers> {
  const plainStepMs = Math.max(1000, Math.round((toMs - fromMs) / points / 1000) * 1000)
  const targets: Record<string, TargetAnswer> = {}
  for (const file of readdirSync(join(checkout, 'dashboards')).filter((name) => name.endsWith('.json'))) {
    const { uid, panels } = JSON.parse(readFileSync(join(checkout, 'dashboards', file), 'utf8')) as AskedDashboard
    for (const { id, interval, targets: asked = [] } of panels) {
      const stepMs = interval === undefined ? plainStepMs : Math.max(plainStepMs, hurriedSeconds(interval) * 1000)
      for (const target of asked)
        targets[`${uid}/${id}/${target.refId}`] = await askTarget(prometheus, target, { fromMs, toMs, stepMs })
    }
  }
  return { fromMs, toMs, stepMs: plainStepMs, targets }
}

interface Window {
  readonly fromMs: number
  readonly toMs: number
  readonly stepMs: number
}

async function askTarget(
  prometheus: Prometheus,
  target: AskedTarget,
  { fromMs, toMs, stepMs }: Window,
): Promise<TargetAnswer> {
  // As Grafana reckons $__rate_interval: a step and a scrape, at least four scrapes.
  const rate = `${Math.max(4, stepMs / 1000 + 1)}s`
  const query = target.expr.replaceAll('$__rate_interval', rate)
  const [start, end] = [`${fromMs / 1000}`, `${toMs / 1000}`]
  const window = { query, start, end, step: `${stepMs / 1000}` }
  const result =
    target.instant === true
      ? await data(prometheus, 'query', { query, time: end }, 'result')
      : await data(prometheus, 'query_range', window, 'result')
  return {
    stepMs,
    result,
    exemplars: target.exemplar === true ? await data(prometheus, 'query_exemplars', window) : [],
  }
}

async function data(
  { url }: Prometheus,
  door: string,
  form: Readonly<Record<string, string>>,
  member?: string,
): Promise<unknown> {
  const response = await fetch(`${url}/api/v1/${door}`, { method: 'POST', body: new URLSearchParams(form) })
  const answer = (await response.json()) as { status: string; error?: string; data: Record<string, unknown> }
  if (answer.status !== 'success') throw new Error(`Prometheus refuses ${form['query']}: ${answer.error}`)
  return member === undefined ? answer.data : answer.data[member]
}
