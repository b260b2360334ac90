import { execFileSync } from 'node:child_process'
import { bin, type CommandFolder, type Ran, type Running } from './command.ts'

/** Whether this machine's `script` (util-linux) can lend a pseudo terminal; said aloud where it cannot. */
export const terminalPossible: boolean = isUtilLinux()

function isUtilLinux(): boolean {
  try {
    if (/util-linux/.test(execFileSync('script', ['--version'], { encoding: 'utf8' }))) return true
  } catch {
    // Not there, or not of util-linux.
  }
  console.warn('SKIPPED: tests on a terminal need "script" of util-linux')
  return false
}

/** Starts the command with a pseudo terminal as its standard output and error, 100 by 30. Both come as `stdout`. */
export function startOnTerminal(
  folder: CommandFolder,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Running {
  const words = [process.execPath, bin, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ')
  // The shell becomes the command, so that what the terminal sends reaches it.
  return folder.startProgram('script', ['-qefc', `stty cols 100 rows 30; exec ${words}`, '/dev/null'], {
    TERM: 'xterm',
    ...env,
  })
}

export function runOnTerminal(folder: CommandFolder, args: readonly string[]): Promise<Ran> {
  return startOnTerminal(folder, args).done
}

/** What a terminal shows of what it was sent: without the sequences that drive it. */
export function terminalText(sent: string): string {
  const introducer = '\u001b'
  return sent.replace(new RegExp(`${introducer}\\[[0-9;?]*[A-Za-z]`, 'g'), '')
}
