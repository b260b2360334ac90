import { homedir } from 'node:os'
import type { SetExitCode } from '@ostiary/launcher'
import {
  defaultKeyPath,
  keyIdOf,
  lineJson,
  loadConfig,
  loadOrCreateKey,
  type RecentScore,
  recentScoresOf,
  recentSection,
} from '@ostiary/runtime'
import { OstiaryError } from '@ostiary/schemas'
import { Command } from 'commander'
import { findAlert } from '../find-alert.ts'
import { alertCard } from '../render/alert-card.ts'
import { quietEventCard } from '../render/quiet-event-card.ts'
import { existingState } from './settings.ts'

interface ExplainFlags {
  readonly alerts: string
  readonly state?: string
  readonly key?: string
  readonly tenant?: string
  readonly config?: string
}

/** `ostiary explain`: everything about one alert, or why an event gave none. */
export function explainCommand(_: SetExitCode): Command {
  return new Command('explain')
    .description('tells everything about an alert, or why an event did not alert')
    .argument('<id>', 'of an alert, or of an event; the beginning of an alert’s id will do')
    .requiredOption('--alerts <file>', 'that "ostiary scan --alerts" wrote')
    .option('--state <file>', 'that "ostiary scan --state" wrote: to explain events that are in no alert')
    .option('--key <file>', 'pseudonymisation key the state was made with')
    .option('--tenant <name>', 'whose state it is')
    .option('--config <file>', 'configuration the state was made with')
    .action(runExplain)
}

async function runExplain(id: string, flags: ExplainFlags): Promise<void> {
  const alert = (await findAlert(id, flags.alerts))?.alert
  if (alert !== undefined) {
    process.stdout.write(process.stdout.isTTY ? `${alertCard(alert, () => undefined)}\n` : `${lineJson(alert)}\n`)
    return
  }
  const score = flags.state === undefined ? undefined : await findScore(id, flags.state, flags)
  if (score === undefined)
    throw new OstiaryError(
      'alert.unknown',
      `Cannot explain "${id}": no alert and no evidence in "${flags.alerts}" has this id${
        flags.state === undefined
          ? '. For an event without an alert, give --state FILE'
          : `, and "${flags.state}" does not remember such an event`
      }`,
    )
  const { config } = await stateSettings(flags)
  const digestBits = config.detector.digestBits
  const verdict = score.score < digestBits ? 'did not alert' : 'belongs to a case that this alert file does not hold'
  process.stdout.write(
    process.stdout.isTTY ? quietEventCard(score, digestBits) : `${lineJson({ verdict, ...score, digestBits })}\n`,
  )
}

async function stateSettings(
  flags: ExplainFlags,
): Promise<{ config: Awaited<ReturnType<typeof loadConfig>>; keyId: string }> {
  const config = await loadConfig({ file: flags.config, env: process.env, flags: { tenant: flags.tenant } })
  const key = loadOrCreateKey(flags.key ?? defaultKeyPath(process.env, homedir()))
  return { config, keyId: keyIdOf(key) }
}

async function findScore(id: string, file: string, flags: ExplainFlags): Promise<RecentScore | undefined> {
  const { config, keyId } = await stateSettings(flags)
  const state = await existingState(file, { tenantUid: config.tenant, keyId })
  const bytes = state.sections.get(recentSection)
  return bytes === undefined ? undefined : recentScoresOf(bytes).find((score) => score.event_id === id)
}
