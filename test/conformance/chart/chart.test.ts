import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadConfig } from '@ostiary/runtime'
import { topicNames, topics } from '@ostiary/runtime/kafka'
import { beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { dashboards } from '../../generate/dashboards/dashboards.ts'
import { grafanaJson } from '../../generate/dashboards/grafana-json.ts'
import { chartFolder, type KubernetesObject, type RenderedCase, renderedChart } from './rendered-chart.ts'

/** Everything that can be turned on. */
const full = {
  image: { digest: `sha256:${'0'.repeat(64)}` },
  kafka: {
    brokers: 'one:9093,two:9093',
    topicPrefix: 'acme.',
    tls: { enabled: true, ca: { secret: 'kafka-ca' }, clientSecretPrefix: 'ostiary-tls-' },
    sasl: { mechanism: 'scram-sha-512' },
  },
  registry: { url: 'https://registry:8443/apis/ccompat/v7', username: 'ostiary' },
  config: { alertsPerDay: 5, tenant: 'acme', tracesEndpoint: 'https://traces.example:4318' },
  traces: { headers: { secret: 'traces' } },
  forwarders: [
    {
      name: 'soc',
      to: 'webhook',
      url: 'https://soc.example/hooks',
      secret: { secret: 'ostiary-webhook', key: 'secret' },
      ca: { secret: 'ostiary-webhook', key: 'ca.crt' },
    },
    { name: 'siem', to: 'syslog', url: 'tls://siem.example:6514' },
  ],
  autoscaling: { kind: 'keda', keda: { authenticationRef: 'kafka' } },
  networkPolicies: {
    collectorFrom: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress' } } }],
    metricsFrom: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
    kafka: { ports: [9093], to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] },
  },
  metrics: {
    serviceMonitor: { enabled: true },
    rules: { enabled: true, runbookUrl: 'https://git.example/ostiary/blob/main/' },
    dashboards: { enabled: true },
  },
}
const cases = {
  plain: {},
  full,
  hpa: { image: { perService: true }, autoscaling: { kind: 'hpa' }, services: { desk: { tag: '9.8.7' } } },
}
/** Values that the chart refuses, each with where it says so. */
const refused: Readonly<Record<string, readonly [values: object, told: string]>> = {
  'an unknown key': [{ imagePullPolicy: 'Always' }, "'imagePullPolicy'"],
  'a setting that is none': [{ config: { alertPerDay: 5 } }, "'alertPerDay'"],
  'a setting that the chart makes itself': [{ config: { brokers: 'other:9092' } }, "'brokers'"],
  'the tag latest': [{ image: { tag: 'latest' } }, "'/image/tag'"],
  'one digest for several images': [{ image: { perService: true, digest: full.image.digest } }, 'image.perService'],
  'a third desk': [{ services: { desk: { replicas: 3 } } }, "'/services/desk/replicas'"],
  'a password in an address': [{ registry: { url: 'http://user:word@registry:8080' } }, "'/registry/url'"],
  'a secret in clear': [{ secrets: { collectorToken: 'abc' } }, "'/secrets/collectorToken'"],
}

let rendered: Readonly<Record<string, RenderedCase>>
beforeAll(async () => {
  rendered = await renderedChart({
    ...cases,
    ...Object.fromEntries(Object.entries(refused).map(([name, [values]]) => [name, values])),
  })
}, 300_000)

function all(name: keyof typeof cases, kind: string): readonly KubernetesObject[] {
  return rendered[name]!.objects.filter((one) => one.kind === kind)
}

/** What every pod is made of, by component. */
function podsOf(name: keyof typeof cases): ReadonlyMap<string, KubernetesObject['spec']> {
  const pods = all(name, 'Pod').map(
    (pod) => [pod.metadata.labels['app.kubernetes.io/component']!, pod['spec']] as const,
  )
  const made = all(name, 'Deployment').map(
    ({ metadata, spec }) => [metadata.labels['app.kubernetes.io/component']!, spec.template.spec] as const,
  )
  return new Map([...pods, ...made])
}

describe.each(Object.keys(cases) as (keyof typeof cases)[])('the chart with %s values', (name) => {
  test('passes Helm, and every object the schemas of Kubernetes', () => {
    const { lint, error, objects, problems } = rendered[name]!
    expect(error).toBeNull()
    expect(lint).toEqual([])
    expect(objects.length).toBeGreaterThan(10)
    expect(problems.filter(({ unknown }) => !unknown)).toEqual([])
    const foreign = new Set(problems.map(({ object }) => object.split('/')[0]))
    expect([...foreign].sort()).toEqual(name === 'full' ? ['PrometheusRule', 'ScaledObject', 'ServiceMonitor'] : [])
    const names = objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`)
    expect(new Set(names).size, 'no object is there twice').toBe(names.length)
  })

  test('runs every service that there is, with settings and flags that it takes', async () => {
    const services = [...new Set(topicNames.flatMap((topic) => topics[topic].writers))]
    const forwarders = name === 'full' ? ['forwarder-soc', 'forwarder-siem'] : []
    expect([...podsOf(name).keys()].sort()).toEqual(['doctor', ...services, ...forwarders].sort())
    const [settings] = all(name, 'ConfigMap').filter(({ metadata }) => metadata.name.endsWith('-settings'))
    // Unknown keys and values out of range are refused here as they are at a start.
    const flags = parse(settings!['data']['ostiary.yaml'])
    const config = await loadConfig({ flags })
    expect(config.listen).toBe('0.0.0.0:9464')
    expect(config.saslMechanism).toBe(name === 'full' ? 'scram-sha-512' : 'none')
    expect(config.alertsPerDay).toBe(name === 'full' ? 5 : 10)
  })

  test('gives no pod a right it does not need', () => {
    for (const [component, pod] of podsOf(name)) {
      expect(pod.automountServiceAccountToken, component).toBe(false)
      expect(pod.securityContext, component).toMatchObject({
        runAsNonRoot: true,
        runAsUser: 10_001,
        seccompProfile: { type: 'RuntimeDefault' },
      })
      expect(pod.hostNetwork ?? pod.hostPID ?? pod.hostIPC ?? false, component).toBe(false)
      for (const container of [...pod.containers, ...(pod.initContainers ?? [])]) {
        expect(container.securityContext, component).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        })
        expect(container.resources.requests.memory, component).toBeDefined()
        expect(container.resources.limits.memory, component).toBeDefined()
        expect(container.image, component).toMatch(/:\d+\.\d+\.\d+$|@sha256:[0-9a-f]{64}$/)
      }
    }
  })

  test('probes liveness and readiness apart, and leaves time to end', () => {
    for (const { spec } of all(name, 'Deployment')) {
      const [container] = spec.template.spec.containers
      const pathOf = (probe: string): string => container[probe].httpGet.path
      expect(['startupProbe', 'livenessProbe', 'readinessProbe'].map(pathOf)).toEqual(['/livez', '/livez', '/readyz'])
      expect(spec.template.spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(40)
    }
  })

  test('names secrets and holds none; only the enricher gets the key', () => {
    expect(all(name, 'Secret')).toEqual([])
    for (const [component, pod] of podsOf(name)) {
      const env: { name: string; value: string }[] = pod.containers[0].env ?? []
      expect(
        env.filter((one) => /PASSWORD|TOKEN|SECRET/.test(one.name)),
        component,
      ).toEqual([])
      const text = JSON.stringify(pod.volumes)
      expect(text.includes('ostiary-pseudonym-key'), component).toBe(component === 'enricher')
      expect(text.includes('ostiary-collector-token'), component).toBe(component === 'collector')
      const own = component.startsWith('forwarder') ? 'forwarder' : component === 'doctor' ? 'desk' : component
      const given = [...text.matchAll(/ostiary-(?:kafka|tls)-(\w+)/g)].map((match) => match[1])
      expect(new Set(given), component).toEqual(new Set(name === 'full' ? [own] : []))
    }
  })

  test('every mount has its volume, every volume its mount, and every file named is mounted', () => {
    for (const [component, pod] of podsOf(name)) {
      const containers = [...pod.containers, ...(pod.initContainers ?? [])]
      const mounts = containers.flatMap(({ volumeMounts }) => volumeMounts.map((mount: { name: string }) => mount.name))
      const volumes = pod.volumes.map((volume: { name: string }) => volume.name)
      expect([...new Set(mounts)].sort(), component).toEqual([...volumes].sort())
      const files = (pod.containers[0].args as string[]).filter((arg) => arg.startsWith('/run/secrets/ostiary/'))
      for (const file of files) expect(JSON.stringify(pod.volumes), component).toContain(file.split('/').at(-1))
    }
  })

  test('each deployment has a budget, and a policy lets in and out only what is needed', () => {
    const selectorOf = (one: KubernetesObject): unknown => one['spec'].selector.matchLabels
    expect(all(name, 'PodDisruptionBudget').map(selectorOf)).toEqual(all(name, 'Deployment').map(selectorOf))
    const policies = all(name, 'NetworkPolicy')
    const [everybody] = policies
    expect(everybody!['spec'].policyTypes).toEqual(['Ingress', 'Egress'])
    for (const { spec } of policies)
      for (const rule of [...(spec.ingress ?? []), ...(spec.egress ?? [])]) expect(rule.ports.length).toBeGreaterThan(0)
    const receivers = policies.filter(({ metadata }) => metadata.name.includes('forwarder'))
    expect(receivers).toHaveLength(name === 'full' ? 2 : 0)
  })
})

test('what traces need is there only where they go somewhere', () => {
  const variable = {
    name: 'OTEL_EXPORTER_OTLP_HEADERS',
    valueFrom: { secretKeyRef: { name: 'traces', key: 'headers' } },
  }
  const portsOf = (name: keyof typeof cases): readonly unknown[] =>
    all(name, 'NetworkPolicy').flatMap(({ spec }) =>
      (spec.egress ?? []).flatMap(({ ports }: { readonly ports: readonly { readonly port: unknown }[] }) =>
        ports.map(({ port }) => port),
      ),
    )
  for (const { metadata, spec } of all('full', 'Deployment'))
    expect(spec.template.spec.containers[0].env, metadata.name).toContainEqual(variable)
  for (const { metadata, spec } of all('plain', 'Deployment'))
    expect(JSON.stringify(spec), metadata.name).not.toContain('OTEL_')
  expect(portsOf('full')).toContain(4318)
  expect(portsOf('plain')).not.toContain(4318)
})

test('on lag by KEDA, on processor time without; the number of instances is then theirs', () => {
  const replicasOf = (name: keyof typeof cases): Record<string, unknown> =>
    Object.fromEntries(
      all(name, 'Deployment').map(({ metadata, spec }) => [
        metadata.labels['app.kubernetes.io/component'],
        spec.replicas,
      ]),
    )
  expect(replicasOf('plain')).toEqual({ collector: 2, enricher: 2, detector: 2, census: 1, desk: 1 })
  expect(replicasOf('full')).toMatchObject({ collector: undefined, enricher: undefined, detector: undefined, desk: 1 })
  const lag = all('full', 'ScaledObject').map(({ spec }) => spec.triggers[0].metadata)
  expect(lag.map(({ consumerGroup, topic }) => [consumerGroup, topic])).toEqual([
    ['acme.ostiary-detector', 'acme.access.events'],
    ['acme.ostiary-enricher', 'acme.access.raw'],
  ])
  expect(all('full', 'HorizontalPodAutoscaler')).toHaveLength(1)
  expect(all('hpa', 'HorizontalPodAutoscaler').map(({ spec }) => spec.scaleTargetRef.name)).toEqual(
    ['collector', 'detector', 'enricher'].map((service) => `demo-ostiary-${service}`),
  )
  expect(all('plain', 'HorizontalPodAutoscaler')).toEqual([])
})

test('a service can have an image and a version of its own', () => {
  const images = all('hpa', 'Deployment').map(({ spec }) => spec.template.spec.containers[0].image as string)
  const expected = ['collector:0.1.0', 'enricher:0.1.0', 'detector:0.1.0', 'census:0.1.0', 'desk:9.8.7']
  expect(images.sort()).toEqual(expected.map((image) => `ostiary-${image}`).sort())
  expect(podsOf('hpa').get('doctor').containers[0].image).toBe('ostiary:9.8.7')
})

test('the rules in the chart are those of deploy/prometheus, with the address of the runbooks put before', () => {
  const [rule] = all('full', 'PrometheusRule')
  const groups = parse(readFileSync(join(chartFolder, 'files', 'ostiary.rules.yml'), 'utf8')).groups
  expect(rule!['spec'].groups.map((group: { name: string }) => group.name)).toEqual(
    groups.map((group: { name: string }) => group.name),
  )
  const urls = JSON.stringify(rule).match(/"runbook_url":"[^"]+"/g)!
  expect(urls.length).toBeGreaterThan(10)
  for (const url of urls) expect(url).toContain('https://git.example/ostiary/blob/main/docs/runbooks/')
})

test.each(Object.entries(refused))('%s is refused before anything is installed', (name, [, told]) => {
  expect(rendered[name]!.error).toContain(told)
  expect(rendered[name]!.objects).toEqual([])
})

test('the dashboards come as Grafana’s sidecar looks for them, each whole', () => {
  const maps = all('full', 'ConfigMap').filter(({ metadata }) => metadata.labels['grafana_dashboard'] === '1')
  expect(maps.length).toBe(1)
  const data = maps[0]!['data'] as Readonly<Record<string, string>>
  expect(Object.keys(data).sort()).toEqual(dashboards.map(({ id }) => `${id}.json`).sort())
  for (const dashboard of dashboards) expect(data[`${dashboard.id}.json`]).toBe(grafanaJson(dashboard))
})

test('the limit of memory leaves room beside the heap', () => {
  const bytes = { Mi: 1, Gi: 1024 }
  for (const { spec } of all('plain', 'Deployment')) {
    const [{ env, resources }] = spec.template.spec.containers
    const heapMiB = Number(/--max-old-space-size=(\d+)/.exec(JSON.stringify(env))?.[1])
    const [, number, unit] = /^(\d+)(Mi|Gi)$/.exec(resources.limits.memory)!
    expect(heapMiB).toBeLessThanOrEqual(0.8 * Number(number) * bytes[unit as keyof typeof bytes])
  }
})
