import { type KafkaFlags, kafkaSettingsOf, withKafkaFlags } from '@ostiary/launcher'
import {
  type Config,
  type FeedbackEntry,
  type FeedbackStore,
  type FeedbackWish,
  fileFeedbackStoreOf,
  hiddenConfirmed,
  type Logger,
} from '@ostiary/runtime'
import { OstiaryError } from '@ostiary/schemas'
import { type Command, InvalidArgumentError } from 'commander'
import { personOf } from './models-place.ts'

/** Flags of every command that looks at labels and suppressions or says something. */
export interface FeedbackFlags extends KafkaFlags {
  readonly feedback?: string
}

/** The same with who and why. */
export interface SayingFlags extends FeedbackFlags {
  readonly reason: string
  readonly by?: string
  readonly force?: boolean
}

/** Where such a command works. */
export interface FeedbackPlace {
  readonly config: Config
  readonly log: Logger
  readonly store: FeedbackStore
}

/** Adds the flags that `inFeedback` reads. */
export function withFeedbackFlags(command: Command): Command {
  return withKafkaFlags(
    command.option(
      '--feedback <file>',
      'journal of labels and suppressions (default: on Kafka where brokers are set, else in your data folder)',
    ),
  )
}

/** Adds who and why, for the journal. */
export function withSaying(command: Command): Command {
  return withFeedbackFlags(command)
    .requiredOption('--reason <text>', 'why, for the journal and the alerts')
    .option('--by <name>', 'who says so (default: your user name)')
}

/** Where labels and suppressions are: the file that is named, else Kafka where brokers are set, else the file of the data folder. */
export async function inFeedback<Result>(
  flags: FeedbackFlags,
  action: (place: FeedbackPlace) => Promise<Result>,
): Promise<Result> {
  const { config, log } = await kafkaSettingsOf(flags, 'ostiary-feedback', { feedback: flags.feedback })
  const store = await openStore(config, log)
  try {
    return await action({ config, log, store })
  } finally {
    await store.close()
  }
}

async function openStore(config: Config, log: Logger): Promise<FeedbackStore> {
  if (config.feedback === '' && config.brokers !== '') {
    // A file needs nothing of Kafka's client, and is there sooner without.
    const { KafkaFeedbackStore } = await import('@ostiary/runtime/kafka')
    return KafkaFeedbackStore.open(config, process.env, log)
  }
  return fileFeedbackStoreOf(config, process.env)
}

/** Says what is wished, shows the entry, and tells which suppressions hide what was confirmed. */
export async function say({ store }: FeedbackPlace, flags: SayingFlags, wish: Unsigned): Promise<void> {
  const said = { ...wish, by: personOf(flags), reason: flags.reason } as FeedbackWish
  const entry = await store.record(said, flags.force === true)
  process.stdout.write(`${JSON.stringify(entry)}\n`)
  tellHidden(await store.entries())
}

type Unsign<Wish> = Wish extends FeedbackWish ? Omit<Wish, 'by' | 'reason'> : never
type Unsigned = Unsign<FeedbackWish>

/** Tells each suppression that would have hidden a case labelled true positive. Returns whether there is one. */
export function tellHidden(entries: readonly FeedbackEntry[]): boolean {
  const hidden = hiddenConfirmed(entries)
  for (const { suppression, label } of hidden)
    process.stderr.write(
      `ostiary: #${suppression.epoch} would have hidden case ${label.finding_uid}, which #${label.epoch} calls a true positive\n`,
    )
  return hidden.length > 0
}

/** The number of an entry, with or without its sign. */
export function epochOf(text: string): number {
  const epoch = /^#?([1-9]\d{0,8})$/.exec(text)?.[1]
  if (epoch === undefined) throw new InvalidArgumentError('Give a number that the list shows, such as 12.')
  return Number(epoch)
}

/** Takes an entry back that has to be of a kind. */
export async function revoke(
  place: FeedbackPlace,
  flags: SayingFlags,
  action: 'label' | 'suppress',
  of: number,
): Promise<void> {
  const entry = (await place.store.entries()).find(({ epoch }) => epoch === of)
  if (entry?.action !== action)
    throw new OstiaryError(
      'usage.invalid',
      `Cannot take #${of} back: no ${action === 'label' ? 'label' : 'suppression'} has this number`,
    )
  await say(place, flags, { action: 'revoke', of })
}
