import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { alertRules } from '../generate/prometheus/alerts.ts'
import { root } from '../tidy/tracked-files.ts'
import { compose, ours } from './compose-file.ts'

interface PrometheusConfig {
  readonly rule_files: readonly string[]
  readonly alerting: { readonly alertmanagers: readonly { readonly static_configs: readonly Targets[] }[] }
  readonly scrape_configs: readonly {
    readonly job_name: string
    readonly dns_sd_configs?: readonly {
      readonly names: readonly string[]
      readonly type: string
      readonly port: number
    }[]
  }[]
}

interface Targets {
  readonly targets: readonly string[]
}

const prometheusFile = join(root, 'deploy/prometheus/prometheus.yml')
const alertmanagerFile = join(root, 'deploy/alertmanager/alertmanager.yml')
const sourceFile = join(root, 'deploy/grafana/provisioning/datasources/prometheus.yml')
const ruleTests = ['deploy/prometheus/ostiary.rules.test.yml', 'deploy/prometheus/ostiary.drift.test.yml']
const prometheus = parse(readFileSync(prometheusFile, 'utf8')) as PrometheusConfig

describe('deploy/prometheus/prometheus.yml', () => {
  test('scrapes every service that runs, where it listens', () => {
    const [found] = prometheus.scrape_configs.find(({ job_name: name }) => name === 'ostiary')!.dns_sd_configs!
    const running = ours.filter(([, { command }]) => command?.[0] === 'run')
    expect([...found!.names].sort()).toEqual(running.map(([name]) => name).sort())
    for (const [, { environment, networks }] of running) {
      expect(environment?.['OSTIARY_LISTEN']).toBe(`0.0.0.0:${found!.port}`)
      expect(networks).toEqual(expect.arrayContaining(compose.services['prometheus']!.networks!.slice()))
    }
  })

  test('tells the Alertmanager that runs beside it', () => {
    const targets = prometheus.alerting.alertmanagers.flatMap(({ static_configs: given }) => given)
    expect(targets.flatMap((each) => each.targets)).toEqual(['alertmanager:9093'])
    expect(compose.services['alertmanager']).toBeDefined()
  })
})

test('Grafana asks the Prometheus that runs beside it', () => {
  const { datasources } = parse(readFileSync(sourceFile, 'utf8')) as { datasources: readonly { url: string }[] }
  expect(datasources.map(({ url }) => url)).toEqual(['http://prometheus:9090'])
  expect(compose.services['prometheus']?.networks).toEqual(compose.services['grafana']?.networks)
})

describe('deploy/prometheus/ostiary.rules.yml', () => {
  const rules = readFileSync(join(root, 'deploy/prometheus/ostiary.rules.yml'), 'utf8')
  const tests = ruleTests.map((file) => readFileSync(join(root, file), 'utf8')).join('')

  test('is what Prometheus loads', () => {
    expect(prometheus.rule_files).toEqual(['ostiary.rules.yml'])
  })

  test('asks for no metric that nobody shows, and records what it asks for', () => {
    const page = readFileSync(join(root, 'docs/spec/metrics.md'), 'utf8')
    const shown = new Set([...page.matchAll(/^\| `(ostiary_\w+)`/gm)].map((match) => match[1]!))
    const asked = [...rules.matchAll(/\bostiary_\w+/g)].map(([name]) => name.replace(/_(bucket|count|sum)$/, ''))
    expect([...new Set(asked)].filter((name) => !shown.has(name))).toEqual([])
    const recorded = new Set([...rules.matchAll(/record: (\S+)/g)].map((match) => match[1]!))
    const used = [...rules.matchAll(/\bostiary:[\w:]+/g)].map(([name]) => name)
    expect(used.filter((name) => !recorded.has(name))).toEqual([])
  })

  test.each(alertRules.map((rule) => [rule.alert, rule] as const))(
    '%s fires in a test, and has its runbook',
    (_, rule) => {
      expect(tests, 'a case of promtool in which it fires').toMatch(
        new RegExp(`labels: '[^']*alertname="${rule.alert}"`),
      )
      const runbook = readFileSync(join(root, `docs/runbooks/${rule.runbook}.md`), 'utf8')
      expect(runbook.startsWith(`# ${rule.alert}\n`)).toBe(true)
      const parts = [...runbook.matchAll(/^(?:## (.+)|\*\*(\w+)\.\*\* )/gm)].map(([, heading, bold]) => heading ?? bold)
      expect(parts).toEqual(['Symptom', 'Impact', 'First look', 'Commands', 'Fix'])
    },
  )
})

/** The tools of Prometheus and Alertmanager: where they are not installed, the skipped test's name says what was not checked. */
const checks = [
  { tool: 'promtool', args: ['check', 'config', prometheusFile] },
  ...ruleTests.map((file) => ({ tool: 'promtool', args: ['test', 'rules', join(root, file)] })),
  { tool: 'amtool', args: ['check-config', alertmanagerFile] },
].map((check) => ({ ...check, isThere: spawnSync(check.tool, ['--version']).error === undefined }))

for (const { tool, args, isThere } of checks)
  test.skipIf(!isThere)(
    `${tool}${isThere ? '' : ' IS NOT INSTALLED and could not say whether it'} finds nothing wrong in ${basename(args.at(-1)!)}`,
    () => {
      const ran = spawnSync(tool, args, { encoding: 'utf8' })
      expect(ran.status, ran.stdout + ran.stderr).toBe(0)
    },
    // Weeks of rules are evaluated, on a machine that may do much else.
    600_000,
  )
