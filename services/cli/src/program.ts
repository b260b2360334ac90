import { exitCodes, runCommand, type SetExitCode, version } from '@ostiary/launcher'
import { Command } from 'commander'
import { aclsCommand } from './commands/acls.ts'
import { alertsCommand } from './commands/alerts.ts'
import { dlqCommand } from './commands/dlq.ts'
import { doctorCommand } from './commands/doctor.ts'
import { explainCommand } from './commands/explain.ts'
import { featuresCommand } from './commands/features.ts'
import { labelCommand } from './commands/label.ts'
import { liveCommand } from './commands/live.ts'
import { modelsCommand } from './commands/models.ts'
import { replayCommand } from './commands/replay.ts'
import { reproduceCommand } from './commands/reproduce.ts'
import { scanCommand } from './commands/scan.ts'
import { sendCommand } from './commands/send.ts'
import { simulateCommand } from './commands/simulate.ts'
import { suppressCommand } from './commands/suppress.ts'
import { topicsCommand } from './commands/topics.ts'
import { trainCommand } from './commands/train.ts'
import { upCommand } from './commands/up.ts'
import { validateCommand } from './commands/validate.ts'

/** The command line. Throws what its commands throw, and commander's own errors for wrong usage. */
export function createProgram(setExitCode: SetExitCode): Command {
  const program = new Command('ostiary')
    .description('Finds what is unusual in the access logs of clouds, and says why')
    .version(version)
    .showSuggestionAfterError()
    .showHelpAfterError('Run with --help for what can be given.')
    .addHelpText('after', exitCodesHelp)
  for (const command of [
    scanCommand,
    trainCommand,
    featuresCommand,
    modelsCommand,
    labelCommand,
    suppressCommand,
    explainCommand,
    replayCommand,
    reproduceCommand,
    simulateCommand,
    sendCommand,
    topicsCommand,
    aclsCommand,
    doctorCommand,
    runCommand,
    alertsCommand,
    dlqCommand,
    upCommand,
    validateCommand,
    liveCommand,
  ])
    program.addCommand(command(setExitCode))
  for (const command of [program, ...program.commands]) command.exitOverride()
  return program
}

const exitCodesHelp = `
Exit codes: ${exitCodes.ok} ok, ${exitCodes.failOn} --fail-on hit or a failed check, ${exitCodes.usage} usage or configuration, ${exitCodes.input} unreadable input or nothing scored, ${exitCodes.internal} internal, ${exitCodes.interrupted} interrupted.`
