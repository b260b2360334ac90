import { createReadStream } from 'node:fs'
import { homedir } from 'node:os'
import { createInterface } from 'node:readline'
import {
  defaultKeyPath,
  keyIdOf,
  lineJson,
  loadConfig,
  loadOrCreateKey,
  loadStateFile,
  type RecentScore,
  recentScoresOf,
  recentSection,
} from '@ostiary/runtime'
import { type Alert, OstiaryError } from '@ostiary/schemas'
import { Command } from 'commander'
import { alertOfLine } from '../alert-of-line.ts'
import type { SetExitCode } from '../program.ts'
import { alertCard } from '../render/alert-card.ts'
import { quietEventCard } from '../render/quiet-event-card.ts'

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

/** Shortest beginning of an alert's id that is looked for. */
const prefixMin = 6

async function runExplain(id: string, flags: ExplainFlags): Promise<void> {
  const alert = await findAlert(id, flags.alerts)
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

/** The alert of this id, or the one that has the event of this id among its evidence. */
async function findAlert(id: string, file: string): Promise<Alert | undefined> {
  const input = createReadStream(file)
  let byEvent: Alert | undefined
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (!line.includes(id)) continue
      const alert = alertOfLine(line)
      if (alert === undefined) continue
      if (alert.finding_uid === id || (id.length >= prefixMin && alert.finding_uid.startsWith(id))) return alert
      if (byEvent === undefined && alert.evidence.some((event) => event.event_uid === id)) byEvent = alert
    }
  } catch (cause) {
    throw new OstiaryError('input.unreadable', `Cannot read alerts "${file}": check that it exists and is readable`, {
      cause,
    })
  } finally {
    input.destroy()
  }
  return byEvent
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
  const state = await loadStateFile(file, { tenantUid: config.tenant, keyId })
  if (state === undefined) throw new OstiaryError('input.unreadable', `Cannot read state "${file}": it does not exist`)
  const bytes = state.sections.get(recentSection)
  return bytes === undefined ? undefined : recentScoresOf(bytes).find((score) => score.event_id === id)
}
