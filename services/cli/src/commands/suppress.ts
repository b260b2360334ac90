import { exitCodes, type SetExitCode } from '@ostiary/launcher'
import { detections, entityRiskDetection, policies, signals } from '@ostiary/models'
import { inForce, nearestName } from '@ostiary/runtime'
import { OstiaryError, rfc3339 } from '@ostiary/schemas'
import { Command, Option } from 'commander'
import {
  epochOf,
  type FeedbackFlags,
  inFeedback,
  revoke,
  type SayingFlags,
  say,
  tellHidden,
  withFeedbackFlags,
  withSaying,
} from '../feedback-place.ts'
import { personOf } from '../models-place.ts'
import { rowsTable } from '../render/rows-table.ts'
import { timeOf } from './settings.ts'

interface AddFlags extends SayingFlags {
  readonly owner?: string
  readonly identity?: string
  readonly team?: string
  readonly detection?: string
  readonly until: number
}

/** `ostiary suppress`: cases that are kept quiet for a time. */
export function suppressCommand(setExitCode: SetExitCode): Command {
  const command = new Command('suppress').description(
    'keeps cases quiet for a time; they are still written, and say why',
  )
  for (const each of [addCommand(), listCommand(), removeCommand(), checkCommand(setExitCode)])
    command.addCommand(each.exitOverride())
  return command
}

function addCommand(): Command {
  const command = new Command('add')
    .description('keeps cases quiet that match all of the scope; what was paged stays paged')
    .addOption(new Option('--until <time>', 'when it ends, in event time').argParser(timeOf).makeOptionMandatory())
    .option('--identity <id>', "scope: an identity's pseudonym, as alerts show it")
    .option('--team <name>', 'scope: a team of your context')
    .option('--detection <id>', 'scope: a detection or policy that must be among the reasons')
    .option('--owner <name>', 'who answers for it (default: who says so)')
    .option('--force', 'say so although it would have hidden a case labelled true positive')
    .action((flags: AddFlags) =>
      inFeedback(flags, async (place) => {
        const { identity = '', team = '', detection = '', owner = personOf(flags) } = flags
        checkScope(identity, detection)
        await say(place, flags, {
          action: 'suppress',
          owner,
          identity_uid: identity,
          team,
          detection,
          until: rfc3339(flags.until),
        })
      }),
    )
  return withSaying(command)
}

/** A scope that nothing can match is a slip of the hand. */
function checkScope(identity: string, detection: string): void {
  if (identity !== '' && !/^id-[0-9a-f]+$/.test(identity))
    throw new OstiaryError(
      'usage.invalid',
      `Cannot suppress identity "${identity}": give its pseudonym, "id-…", as alerts without --names show it`,
    )
  const known = [...detections, ...policies, ...signals, entityRiskDetection].map(({ id }) => id)
  if (detection === '' || known.includes(detection)) return
  const nearest = nearestName(detection, known)
  throw new OstiaryError(
    'usage.invalid',
    `Cannot suppress detection "${detection}": there is none${nearest === undefined ? '' : `. Did you mean "${nearest}"?`}`,
  )
}

function listCommand(): Command {
  const command = new Command('list').description('lists the suppressions in force').action((flags: FeedbackFlags) =>
    inFeedback(flags, async ({ store }) => {
      const now = new Date().toISOString()
      const rows = inForce(await store.entries()).suppressions.map(({ epoch, action: _, version: _v, ...rest }) => ({
        number: epoch,
        ...rest,
        ended: rest.until <= now,
      }))
      process.stdout.write(
        rowsTable(rows, ['number', 'identity_uid', 'team', 'detection', 'until', 'ended', 'owner', 'reason']),
      )
    }),
  )
  return withFeedbackFlags(command)
}

function removeCommand(): Command {
  const command = new Command('remove')
    .description('ends a suppression now')
    .argument('<number>', 'of the suppression, as the list shows it', epochOf)
    .action((of: number, flags: SayingFlags) => inFeedback(flags, (place) => revoke(place, flags, 'suppress', of)))
  return withSaying(command)
}

function checkCommand(setExitCode: SetExitCode): Command {
  const command = new Command('check')
    .description(
      `holds suppressions against labels; exits with ${exitCodes.failOn} where one would have hidden a true positive`,
    )
    .action((flags: FeedbackFlags) =>
      inFeedback(flags, async ({ store }) => {
        if (tellHidden(await store.entries())) setExitCode(exitCodes.failOn)
      }),
    )
  return withFeedbackFlags(command)
}
