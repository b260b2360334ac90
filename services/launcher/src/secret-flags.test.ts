import { Command } from 'commander'
import { expect, test } from 'vitest'
import { withKafkaFlags } from './kafka-flags.ts'
import { refusingSecrets } from './secret-flags.ts'

function command(): Command {
  return refusingSecrets(withKafkaFlags(new Command('x')))
    .exitOverride()
    .action(() => undefined)
}

test.each([
  ['--sasl-password', 'hunter2'],
  ['--sasl-password=hunter2'],
  ['--registry-password', 'hunter2'],
  ['--token', 'hunter2'],
  ['--tls-key', 'hunter2'],
  ['--registry-url', 'https://somebody:hunter2@registry.example'],
])('%s is refused and not repeated', async (...args) => {
  const message = expect.not.stringContaining('hunter2')
  await expect(command().parseAsync(args, { from: 'user' })).rejects.toMatchObject({ code: 'usage.invalid', message })
})

test('what is no secret passes, and the help does not ask for secrets', async () => {
  await command().parseAsync(['--brokers', 'a:1', '--registry-url', 'https://registry.example'], { from: 'user' })
  expect(command().helpInformation()).not.toContain('password')
})
