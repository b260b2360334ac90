import { expect, test } from 'vitest'
import { runCommand } from './run-command.ts'

function services(): string[] {
  return runCommand(() => undefined).commands.map((command) => command.name())
}

test('there is a command for each service', () => {
  expect(services()).toEqual(['collector', 'enricher', 'detector', 'census', 'desk', 'forwarder'])
})

test('each of them refuses secrets on the command line', async () => {
  for (const name of services()) {
    const ran = runCommand(() => undefined).parseAsync([name, '--sasl-password', 'hunter2'], { from: 'user' })
    await expect(ran).rejects.toMatchObject({ code: 'usage.invalid', message: expect.not.stringContaining('hunter2') })
  }
})
