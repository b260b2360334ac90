import {
  type KafkaFlags,
  kafkaSettingsOf,
  onInterrupt,
  type SetExitCode,
  version,
  withKafkaFlags,
} from '@ostiary/launcher'
import { alertLineOf } from '@ostiary/runtime'
import { connect, readTopic, SchemaClient, toOstiaryError } from '@ostiary/runtime/kafka'
import type { Alert } from '@ostiary/schemas'
import { Command, Option } from 'commander'
import { alertCard } from '../render/alert-card.ts'

interface AlertFlags extends KafkaFlags {
  readonly follow?: boolean
  readonly from: 'beginning' | 'now'
  readonly format: 'ocsf' | 'flat'
  readonly pageOnly?: boolean
}

/** `ostiary alerts`: the alert topic as whoever subscribes to it sees it. */
export function alertsCommand(_: SetExitCode): Command {
  return withKafkaFlags(
    new Command('alerts')
      .description('reads alerts from access.alerts: cards on a terminal, one JSON line each elsewhere')
      .option('--follow', 'go on as new ones come, until interrupted')
      .addOption(new Option('--from <where>', 'to begin').choices(['beginning', 'now']).default('beginning'))
      .addOption(new Option('--format <format>', 'of lines').choices(['ocsf', 'flat']).default('ocsf'))
      .option('--page-only', 'leave out digest and suppressed ones')
      .action((flags: AlertFlags) => showAlerts(flags)),
  )
}

async function showAlerts(flags: AlertFlags): Promise<void> {
  const interrupt = onInterrupt()
  const { config, log } = await kafkaSettingsOf(flags, 'ostiary-alerts')
  const kafka = connect(config, process.env, log, 'ostiary-alerts')
  const decoder = new SchemaClient(config, process.env).decoder('access.alerts')
  const line = alertLineOf({ format: flags.format, productVersion: version })
  const topic = `${config.topicPrefix}access.alerts`
  try {
    await readTopic({
      kafka,
      groupId: `${config.topicPrefix}ostiary-analyst`,
      topic,
      from: flags.from,
      follow: flags.follow === true,
      signal: interrupt.signal,
      onBatch: async (messages) => {
        for (const { value } of messages) {
          await decoder.prepare(value)
          const alert = decoder.decode(value).value as Alert
          if (flags.pageOnly && alert.disposition !== 'page') continue
          process.stdout.write(process.stdout.isTTY ? `${alertCard(alert, () => undefined)}\n\n` : `${line(alert)}\n`)
        }
      },
    })
  } catch (error) {
    if (!interrupt.signal.aborted) throw toOstiaryError(`read alerts from ${config.brokers}`, error)
  } finally {
    interrupt.release()
  }
}
