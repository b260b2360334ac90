import type { SetExitCode } from '@ostiary/launcher'
import { verdicts } from '@ostiary/models'
import { hiddenConfirmed, inForce } from '@ostiary/runtime'
import { type Alert, OstiaryError, rfc3339 } from '@ostiary/schemas'
import { Command, Option } from 'commander'
import {
  epochOf,
  type FeedbackFlags,
  type FeedbackPlace,
  inFeedback,
  revoke,
  type SayingFlags,
  say,
  withFeedbackFlags,
  withSaying,
} from '../feedback-place.ts'
import { findAlert, prefixMin } from '../find-alert.ts'
import { rowsTable } from '../render/rows-table.ts'
import { timeOf } from './settings.ts'

interface AddFlags extends SayingFlags {
  readonly as: (typeof verdicts)[number]
  readonly until?: number
  readonly alerts?: string
}

/** `ostiary label`: what alerts were, as analysts say. */
export function labelCommand(_: SetExitCode): Command {
  const command = new Command('label').description(
    'says what an alert was: true positive, benign, or expected for a time',
  )
  for (const each of [addCommand(), listCommand(), revokeCommand()]) command.addCommand(each.exitOverride())
  return command
}

function addCommand(): Command {
  const command = new Command('add')
    .description('labels an alert; a later label of the same alert replaces it')
    .argument('<id>', 'of the alert, or its beginning, or of an event among its evidence')
    .addOption(new Option('--as <verdict>', 'what it was').choices(verdicts).makeOptionMandatory())
    .addOption(new Option('--until <time>', 'how long it is expected, in event time').argParser(timeOf))
    .option('--alerts <file>', 'that "ostiary scan --alerts" wrote (default: the topic access.alerts)')
    .option('--force', 'say so although it would hide a case labelled true positive')
    .action((id: string, flags: AddFlags) =>
      inFeedback(flags, async (place) => {
        const alert = await alertOf(place, id, flags.alerts)
        if (!alert.identity_uid.startsWith('id-'))
          throw new OstiaryError(
            'usage.invalid',
            `Cannot label ${alert.finding_uid}: its line shows the identity by name. Give alerts that were written without --names`,
          )
        await say(place, flags, {
          action: 'label',
          verdict: flags.as,
          until: flags.until === undefined ? '' : rfc3339(flags.until),
          finding_uid: alert.finding_uid,
          identity_uid: alert.identity_uid,
          team: alert.team,
          first: rfc3339(alert.first_event_time),
          last: rfc3339(alert.last_event_time),
          severity: alert.severity,
          policies: alert.policies,
          detections: [...new Set(alert.reasons.map(({ detection }) => detection))].sort(),
          event_ids: alert.evidence.map(({ event_uid }) => event_uid),
        })
      }),
    )
  return withSaying(command)
}

async function alertOf({ config, log }: FeedbackPlace, id: string, file: string | undefined): Promise<Alert> {
  if (file !== undefined) {
    const found = (await findAlert(id, file))?.alert
    if (found !== undefined) return found
    throw new OstiaryError('alert.unknown', `Cannot label "${id}": no alert in "${file}" has this id`)
  }
  if (config.brokers === '')
    throw new OstiaryError('usage.invalid', `Cannot look for alert "${id}": give the file it is in with --alerts`)
  if (!/^[0-9a-f]+$/.test(id) || id.length < prefixMin)
    throw new OstiaryError(
      'usage.invalid',
      `Cannot look for "${id}": give an alert’s id, or at least its first ${prefixMin} digits`,
    )
  const { KafkaReader } = await import('../kafka-evidence.ts')
  const reader = new KafkaReader(config, log, 'reviewer')
  await reader.connect()
  try {
    const found = await reader.alertOf(id, undefined)
    if (found !== undefined) return found
  } finally {
    await reader.close()
  }
  throw new OstiaryError('alert.unknown', `Cannot label "${id}": no alert in access.alerts has this id`)
}

/** What each label does, in words. */
const effects = {
  true_positive: 'teaches nothing; its day is no usual day; no suppression may hide it',
  benign: 'teaches like any event from the identity’s next day on',
  expected: 'teaches nothing; cases no graver, of no other policy, are suppressed until it ends',
} as const

function listCommand(): Command {
  const command = new Command('list')
    .description('lists the labels in force, with what each does')
    .option('--journal', 'list everything that was said instead, suppressions too, oldest first')
    .action((flags: FeedbackFlags & { readonly journal?: boolean }) =>
      inFeedback(flags, async ({ store }) => {
        const entries = await store.entries()
        if (flags.journal === true) {
          for (const entry of entries) process.stdout.write(`${JSON.stringify(entry)}\n`)
          return
        }
        const hidden = hiddenConfirmed(entries)
        const rows = inForce(entries).labels.map(({ epoch, verdict, until, finding_uid, identity_uid, ...rest }) => ({
          number: epoch,
          verdict,
          until,
          finding_uid,
          identity_uid,
          first: rest.first,
          by: rest.by,
          time: rest.time,
          reason: rest.reason,
          does: effects[verdict],
          hidden_by: hidden.flatMap(({ label, suppression }) => (label.epoch === epoch ? [suppression.epoch] : [])),
        }))
        process.stdout.write(
          rowsTable(rows, ['number', 'verdict', 'until', 'finding_uid', 'first', 'by', 'reason', 'does']),
        )
      }),
    )
  return withFeedbackFlags(command)
}

function revokeCommand(): Command {
  const command = new Command('revoke')
    .description('takes a label back; an earlier one of the same alert is in force again')
    .argument('<number>', 'of the label, as the list shows it', epochOf)
    .action((of: number, flags: SayingFlags) => inFeedback(flags, (place) => revoke(place, flags, 'label', of)))
  return withSaying(command)
}
