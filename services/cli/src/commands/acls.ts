import { type KafkaFlags, kafkaSettingsOf, type SetExitCode, withKafkaFlags } from '@ostiary/launcher'
import { aclCommands, aclEntries, aclRules, connect, toOstiaryError } from '@ostiary/runtime/kafka'
import { Command, Option } from 'commander'

interface AclFlags extends KafkaFlags {
  readonly format: 'commands' | 'ndjson'
  readonly principalPrefix: string
}

/** `ostiary acls`: what each service may do on a cluster, and nothing else; printed, or made. */
export function aclsCommand(_: SetExitCode): Command {
  const prefix = new Option('--principal-prefix <prefix>', 'put before every principal').default('ostiary-')
  const list = new Command('list')
    .description('prints the access rules of every principal')
    .addOption(new Option('--format <format>', 'of the list').choices(['commands', 'ndjson']).default('commands'))
    .addOption(prefix)
    .action((flags: AclFlags) => listAcls(flags))
  const apply = new Command('apply')
    .description('makes the access rules; those that are there stay as they are')
    .addOption(prefix)
    .action((flags: AclFlags) => applyAcls(flags))
  const command = new Command('acls').description('prints or makes the least access rules that the services need')
  command.addCommand(withKafkaFlags(list).exitOverride(), { isDefault: true })
  command.addCommand(withKafkaFlags(apply).exitOverride())
  return command
}

async function listAcls(flags: AclFlags): Promise<void> {
  const { config } = await kafkaSettingsOf(flags, 'ostiary-acls')
  const rules = aclRules(config.topicPrefix)
  const lines =
    flags.format === 'ndjson'
      ? rules.map((rule) => JSON.stringify({ ...rule, principal: `${flags.principalPrefix}${rule.principal}` }))
      : aclCommands(rules, flags.principalPrefix)
  process.stdout.write(`${lines.join('\n')}\n`)
}

async function applyAcls(flags: AclFlags): Promise<void> {
  const { config, log } = await kafkaSettingsOf(flags, 'ostiary-acls')
  const rules = aclRules(config.topicPrefix)
  const admin = connect(config, process.env, log, 'ostiary-acls').admin()
  try {
    await admin.connect()
    await admin.createAcls({ acl: aclEntries(rules, flags.principalPrefix) })
  } catch (error) {
    throw toOstiaryError(`make access rules at ${config.brokers}`, error)
  } finally {
    await admin.disconnect()
  }
  process.stdout.write(`${JSON.stringify({ rules: rules.length })}\n`)
}
