import { statSync } from 'node:fs'
import { type KafkaFlags, kafkaSettingsOf, onInterrupt, withKafkaFlags } from '@ostiary/launcher'
import type { ReplayableEvents } from '@ostiary/models/train'
import { type Config, type ListedInput, listInputs, mergedEvents, orderedEvents } from '@ostiary/runtime'
import { type AccessEvent, OstiaryError } from '@ostiary/schemas'
import type { Command } from 'commander'
import { checkRange, type EventFlags, settingsOf, withReadingFlags } from './commands/settings.ts'
import { progressBar } from './render/progress.ts'

/** Flags that say where past events are. */
export interface PastFlags extends EventFlags, KafkaFlags {
  readonly from?: string[]
  readonly fromKafka?: boolean
}

/** Past events that can be read twice, with the configuration they are read by. */
export interface PastEvents {
  readonly config: Config
  readonly events: ReplayableEvents
  close(): Promise<void>
}

/** Adds the flags that `pastEventsOf` reads. */
export function withPastFlags(command: Command): Command {
  return withReadingFlags(
    withKafkaFlags(
      command
        .option('--from <path...>', 'files or folders with past events')
        .option('--from-kafka', 'past events are those of the topic access.events'),
    ),
  )
}

/** Checks what can be checked before anything is read. */
export function checkPastFlags(flags: PastFlags): void {
  checkRange(flags)
  if ((flags.from === undefined) === (flags.fromKafka !== true))
    throw new OstiaryError('usage.invalid', 'Cannot tell where the past events are: give either --from or --from-kafka')
  if (flags.from !== undefined) checkFiles(listInputs(flags.from))
}

/** The events that the flags name. `settings` are further settings by configuration key. */
export function pastEventsOf(
  flags: PastFlags,
  settings: Readonly<Record<string, string | undefined>> = {},
): Promise<PastEvents> {
  return flags.fromKafka === true ? ofTopic(flags, settings) : ofFiles(flags, settings)
}

async function ofFiles(flags: PastFlags, settings: Readonly<Record<string, string | undefined>>): Promise<PastEvents> {
  const { config, key, tables } = await settingsOf(flags, settings)
  const inputs = listInputs(flags.from ?? [])
  // Both readings have to give the same events, so the clock stands still between them.
  const begunMs = Date.now()
  const events = (): AsyncIterable<readonly AccessEvent[]> => {
    const range = { sinceMs: flags.since, untilMs: flags.until, atMs: begunMs }
    return orderedEvents(mergedEvents(inputs, { config, key, tables, ...range }).batches, config)
  }
  return { config, events, close: async () => undefined }
}

async function ofTopic(flags: PastFlags, settings: Readonly<Record<string, string | undefined>>): Promise<PastEvents> {
  const { config, log } = await kafkaSettingsOf(flags, 'ostiary-train', { tenant: flags.tenant, ...settings })
  const { connect, SchemaClient, spoolEvents, toOstiaryError } = await import('@ostiary/runtime/kafka')
  const interrupt = onInterrupt()
  const bar = progressBar('reading', 0, (count) => `${count} events`)
  let count = 0
  try {
    const spooled = await spoolEvents({
      kafka: connect(config, process.env, log, 'ostiary-train'),
      schemas: new SchemaClient(config, process.env),
      topicPrefix: config.topicPrefix,
      tenantUid: config.tenant,
      groupId: `${config.topicPrefix}ostiary-trainer`,
      sinceMs: flags.since,
      untilMs: flags.until,
      onEvents: (events) => {
        count += events
        bar.update(count)
      },
      signal: interrupt.signal,
    })
    if (spooled.undecodable > 0)
      process.stderr.write(
        `ostiary: ${spooled.undecodable} records of access.events cannot be read and are left out; they are in access.dlq\n`,
      )
    return { config, events: () => orderedEvents(spooled.read(), config), close: () => spooled.close() }
  } catch (error) {
    throw error instanceof OstiaryError ? error : toOstiaryError(`read access.events from ${config.brokers}`, error)
  } finally {
    bar.stop()
    interrupt.release()
  }
}

/** Training reads everything twice, which a pipe does not allow. */
function checkFiles(inputs: readonly ListedInput[]): void {
  for (const { path } of inputs)
    if (path === '-' || !statSync(path).isFile())
      throw new OstiaryError(
        'usage.invalid',
        `Cannot train from "${path}": its records are read twice, and a pipe gives them once. Write them to a file first`,
      )
}
