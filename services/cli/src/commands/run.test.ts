import { expect, test } from 'vitest'
import { createProgram } from '../program.ts'

function program(): ReturnType<typeof createProgram> {
  return createProgram(() => undefined)
}

function services(): string[] {
  const run = program().commands.find((command) => command.name() === 'run')
  return run?.commands.map((command) => command.name()) ?? []
}

test('there is a command for each service', () => {
  expect(services()).toEqual(['collector', 'enricher', 'detector', 'census', 'desk', 'forwarder'])
})

test('each of them refuses secrets on the command line', async () => {
  for (const name of services()) {
    const ran = program().parseAsync(['run', name, '--sasl-password', 'hunter2'], { from: 'user' })
    await expect(ran).rejects.toMatchObject({ code: 'usage.invalid', message: expect.not.stringContaining('hunter2') })
  }
})
