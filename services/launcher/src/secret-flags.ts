import { OstiaryError } from '@ostiary/schemas'
import { type Command, Option } from 'commander'

/** What somebody may try, and where it belongs instead. */
const secretFlags: Readonly<Record<string, string>> = {
  'sasl-password': '"saslPasswordFile" or OSTIARY_SASL_PASSWORD',
  'registry-password': '"registryPasswordFile" or OSTIARY_REGISTRY_PASSWORD',
  secret: '--secret-file or OSTIARY_WEBHOOK_SECRET',
  token: '--token-file or OSTIARY_COLLECTOR_TOKEN',
  'tls-key': '"tlsKeyFile"',
}

/**
 * Refuses secrets on the command line, where everybody on the machine can read them and the shell writes them down. The
 * refusals do not repeat them.
 */
export function refusingSecrets(command: Command): Command {
  for (const [name, instead] of Object.entries(secretFlags))
    command.addOption(
      new Option(`--${name} <secret>`).hideHelp().argParser(() => {
        throw refusal(`--${name}`, instead)
      }),
    )
  command.hook('preAction', (_, action) => {
    const { registryUrl } = action.opts<{ registryUrl?: string }>()
    if (registryUrl?.includes('@') === true)
      throw refusal('a password in --registry-url', '"registryUsername" and "registryPasswordFile"')
  })
  return command
}

function refusal(what: string, instead: string): OstiaryError {
  return new OstiaryError(
    'usage.invalid',
    `Cannot take ${what}: a command line can be read by everybody on the machine. Use ${instead}, and change the secret`,
  )
}
