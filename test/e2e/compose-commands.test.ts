import { expect, test } from 'vitest'
import { ours } from '../conformance/compose-file.ts'
import { commandFolder, expectCode } from './command.ts'

const folder = commandFolder()

test.each(ours)(
  'the command of %s in docker-compose.yml is one that there is, with flags that it has',
  async (_, service) => {
    const command = service.command ?? []
    const firstFlag = command.findIndex((word) => word.startsWith('-'))
    const words = firstFlag < 0 ? command : command.slice(0, firstFlag)
    const help = await folder.run([...words, '--help'])
    expectCode(help, 0)
    expect(help.stdout).toMatch(new RegExp(`^Usage: ostiary ${words[0]}\\b`))
    expect(help.stdout).toMatch(new RegExp(`\\b${words[1]}\\b`))
    for (const flag of command.filter((word) => word.startsWith('--')))
      expect(help.stdout).toMatch(new RegExp(`(^|\\s)${flag}\\b`))
  },
)
