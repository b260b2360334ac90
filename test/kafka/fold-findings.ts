import { CensusTable, createPartition, type Feedback, type PartitionInput, type ScoringModel } from '@ostiary/models'
import type { AccessEvent, Finding, Marker } from '@ostiary/schemas'
import type { Stack } from './stack.ts'
import { testVersion } from './stack.ts'

/**
 * What the local operators make of each partition of `access.events`, with the models and feedback that its markers name:
 * findings as text, by identity. Must be told of no census, so within a day.
 */
export async function foldFindings(
  stack: Stack,
  first: ScoringModel,
  models: ReadonlyMap<string, ScoringModel>,
  feedback: ReadonlyMap<string, Feedback> = new Map(),
): Promise<Map<string, string[]>> {
  const decoder = stack.schemas.decoder('access.events')
  const findings: Finding[] = []
  const partitions = new Map<number, PartitionInput[]>()
  for (const { partition, value } of await stack.read('access.events')) {
    await decoder.prepare(value)
    const inputs = partitions.get(partition) ?? []
    inputs.push(inputOf(decoder.decode(value), models, feedback))
    partitions.set(partition, inputs)
  }
  for (const inputs of partitions.values()) {
    const setting = { model: first, tablesId: '', codeVersion: testVersion, scores: false }
    const operator = createPartition(stack.config.detector, setting)
    const state = operator.init()
    for (const input of inputs)
      for (const output of operator.step(state, input)) if (output.kind === 'finding') findings.push(output.finding)
  }
  return byIdentity(findings)
}

function inputOf(
  { name, value }: { readonly name: string; readonly value: unknown },
  models: ReadonlyMap<string, ScoringModel>,
  feedback: ReadonlyMap<string, Feedback>,
): PartitionInput {
  if (name === 'AccessEvent') return { kind: 'event', event: value as AccessEvent }
  const { kind, time, hash, epoch } = value as Marker
  if (kind === 'tick') return { kind, timeMs: time }
  if (kind === 'tables') return { kind, id: hash }
  if (kind === 'census') return { kind, table: CensusTable.empty, epoch }
  if (kind === 'feedback') return { kind, feedback: feedback.get(hash)! }
  return { kind, model: models.get(hash) }
}

/** Findings as text, by identity, in their order. */
export function byIdentity(findings: readonly Finding[]): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const finding of findings) {
    const lines = groups.get(finding.identity_uid) ?? []
    lines.push(JSON.stringify(finding))
    groups.set(finding.identity_uid, lines)
  }
  return groups
}
