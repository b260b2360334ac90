import { Command } from 'commander'
import { runCommand } from './run-command.ts'
import { runProgram } from './run-program.ts'
import { version } from './version.ts'

// An image of one service has this in the place of the whole command: the same words start the same service.
await runProgram((setExitCode) =>
  new Command('ostiary')
    .description('Runs the service that this image is made for')
    .version(version)
    .showHelpAfterError('Run with --help for what can be given.')
    .exitOverride()
    .addCommand(runCommand(setExitCode).exitOverride()),
)
