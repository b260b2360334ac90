import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { pythonWith } from '../../python-environment.ts'
import { root } from '../../tidy/tracked-files.ts'

/** An object for Kubernetes, as far as tests look into it. */
export interface KubernetesObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> }
  // biome-ignore lint/suspicious/noExplicitAny: each kind has a shape of its own, which Kubernetes' schemas have checked.
  readonly [key: string]: any
}

/** What a set of values came to. */
export interface RenderedCase {
  /** What `helm lint --strict` says but for advice. */
  readonly lint: readonly unknown[]
  /** Why nothing was rendered. */
  readonly error: string | null
  readonly objects: readonly KubernetesObject[]
  /** Where an object is not as a version of Kubernetes wants it; `unknown` for kinds that are not Kubernetes' own. */
  readonly problems: readonly { readonly object: string; readonly unknown: boolean; readonly message?: string }[]
}

export const chartFolder: string = `${root}deploy/helm/ostiary`
/** The oldest that the chart takes first. */
const kubernetesVersions: readonly string[] = ['1.27', '1.34', '1.37']
const answerBytesMax = 64 * 1024 * 1024

/**
 * Renders the chart by Helm's own engine, as the PyPI package `helm-python-sdk` carries it, and holds the objects against
 * Kubernetes' schemas, as `kubernetes-validate` carries them.
 */
export async function renderedChart<Name extends string>(
  cases: Readonly<Record<Name, object>>,
): Promise<Readonly<Record<Name, RenderedCase>>> {
  const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
  const python = await pythonWith(file('requirements.txt'))
  const answer = await new Promise<string>((resolve, reject) => {
    const child = execFile(python, [file('render-chart.py')], { maxBuffer: answerBytesMax }, (error, stdout) =>
      error === null ? resolve(stdout) : reject(error),
    )
    child.stdin!.end(JSON.stringify({ chart: chartFolder, kubernetes: kubernetesVersions, cases }))
  })
  return (JSON.parse(answer) as { cases: Record<Name, RenderedCase> }).cases
}
