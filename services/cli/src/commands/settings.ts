import { homedir } from 'node:os'
import type { EnrichmentTables, ScoringModel } from '@ostiary/models'
import {
  type Config,
  confirmedEvents,
  defaultCacheFolder,
  defaultKeyPath,
  type FeedbackEntry,
  keyIdOf,
  type Label,
  type LoadedState,
  loadConfig,
  loadLabels,
  loadOrCreateKey,
  loadStateFile,
  loadTables,
  modelInForce,
} from '@ostiary/runtime'
import { OstiaryError, parseTime } from '@ostiary/schemas'
import { type Command, InvalidArgumentError, Option } from 'commander'

/** Flags of every command that reads events. */
export interface EventFlags {
  readonly config?: string
  readonly key?: string
  readonly source?: string
  readonly tenant?: string
  readonly since?: number
  readonly until?: number
  readonly feedback?: string
  readonly workers?: string
}

/** What such a command works with. */
export interface Settings {
  readonly config: Config
  readonly key: Buffer
  readonly keyId: string
  readonly tables: EnrichmentTables
}

/** Adds the flags that `settingsOf` reads. */
export function withEventFlags(command: Command): Command {
  return withReadingFlags(command).option('--config <file>', 'configuration file, YAML or JSON')
}

/** The same but for the configuration, for commands that have its flag from elsewhere. */
export function withReadingFlags(command: Command): Command {
  return command
    .option('--source <format>', 'format of the records (detected unless given)')
    .option('--tenant <name>', 'whose records these are')
    .addOption(new Option('--since <time>', 'only events from this time on (RFC 3339)').argParser(timeOf))
    .addOption(new Option('--until <time>', 'only events before this time (RFC 3339)').argParser(timeOf))
    .option('--workers <n>', 'threads that work on files (default: one a processor, where there is enough to read)')
    .option('--key <file>', 'pseudonymisation key; made on first use (default: in your data folder)')
}

/** Adds the flag of commands that heed labels and suppressions. */
export function withFeedbackFlag(command: Command): Command {
  return command.option('--feedback <file>', 'labels and suppressions that are in force (default: none)')
}

/** Which events are to be found: those of a file, and those of cases that were confirmed; `undefined` where nobody says. */
export async function labelsOf(
  file: string | undefined,
  entries: readonly FeedbackEntry[],
): Promise<Map<string, Label> | undefined> {
  const labels = new Map([...confirmedEvents(entries), ...(file === undefined ? [] : await loadLabels(file))])
  return labels.size === 0 ? undefined : labels
}

/** A time that a flag gives, in ms. */
export function timeOf(text: string): number {
  const timeMs = parseTime(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text)
  if (timeMs === undefined) throw new InvalidArgumentError('Give a time such as 2026-03-01 or 2026-03-01T12:00:00Z.')
  return timeMs
}

/** Resolves configuration, key and tables. `flags` are settings by configuration key. */
export async function settingsOf(
  given: EventFlags,
  flags: Readonly<Record<string, string | undefined>> = {},
): Promise<Settings> {
  const config = await loadConfig({
    file: given.config,
    env: process.env,
    flags: {
      source: given.source,
      tenant: given.tenant,
      feedback: given.feedback,
      workers: given.workers,
      ...flags,
    },
  })
  const keyPath = given.key ?? defaultKeyPath(process.env, homedir())
  const key = loadOrCreateKey(keyPath)
  const tables = await loadTables({
    contextFiles: config.context,
    cacheFolder: defaultCacheFolder(process.env),
  })
  return { config, key, keyId: keyIdOf(key), tables }
}

/** The model that a configuration comes to; what is passed over is told on standard error. */
export function modelOf(config: Config): Promise<ScoringModel> {
  return modelInForce(config, process.env, (text) => process.stderr.write(`ostiary: ${text}\n`))
}

/**
 * A state that has to be there.
 *
 * @throws OstiaryError `input.unreadable`, `state.invalid`
 */
export async function existingState(
  file: string,
  expected: { readonly tenantUid: string; readonly keyId: string },
): Promise<LoadedState> {
  const state = await loadStateFile(file, expected)
  if (state !== undefined) return state
  throw new OstiaryError('input.unreadable', `Cannot read state "${file}": it does not exist`)
}

/** Throws `usage.invalid` for a range that holds nothing. */
export function checkRange({ since, until }: EventFlags): void {
  if (since !== undefined && until !== undefined && since >= until)
    throw new OstiaryError('usage.invalid', 'Cannot use --since at or after --until: no event could be between them')
}
