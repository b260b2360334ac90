import { Command, InvalidArgumentError } from 'commander'

const exitUsage = 2

/** A script of `npm run` with flags: it tells its help, and ends with 2 where it is used wrongly. */
export function developerCommand(script: string, summary: string): Command {
  return new Command(`npm run ${script} --`)
    .description(summary)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : exitUsage))
}

/** Takes whole numbers from `least` on. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least) return value
    throw new InvalidArgumentError(`Give a whole number from ${least} on.`)
  }
}

/** Takes some of what is offered, with commas between. */
export function someOf<Name extends string>(offered: readonly Name[]): (text: string) => readonly Name[] {
  return (text) =>
    text.split(',').map((name) => {
      const found = offered.find((each) => each === name.trim())
      if (found === undefined)
        throw new InvalidArgumentError(`Give some of ${offered.join(', ')}, with commas between.`)
      return found
    })
}

/** Takes whole numbers from `least` on, with commas between. */
export function wholeNumbers(least: number): (text: string) => readonly number[] {
  return (text) => text.split(',').map(wholeNumber(least))
}
