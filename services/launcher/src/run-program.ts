import { OstiaryError } from '@ostiary/schemas'
import { type Command, CommanderError } from 'commander'
import colors from 'picocolors'
import { exitCodeOf, exitCodes } from './exit-codes.ts'

/** Tells the process which code to end with. */
export type SetExitCode = (code: number) => void

/** Runs a command line to its end and sets the process's exit code; only this knows of the process. */
export async function runProgram(create: (setExitCode: SetExitCode) => Command): Promise<void> {
  // A reader that goes away, as `| head` does, ends the command and is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? exitCodes.ok : exitCodes.internal)
  })
  try {
    await create((code) => {
      process.exitCode = code
    }).parseAsync(process.argv)
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
      return
    }
    process.exitCode = exitCodeOf(error)
    const known = error instanceof OstiaryError
    const text = known ? `${error.message} (${error.code})` : `Defect: ${error instanceof Error ? error.stack : error}`
    process.stderr.write(`${colors.red('ostiary:')} ${text}\n`)
  }
}
