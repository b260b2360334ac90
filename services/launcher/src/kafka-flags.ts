import { type Config, createLogger, type Logger, loadConfig } from '@ostiary/runtime'
import type { Command } from 'commander'
import { version } from './version.ts'

/** Flags of every command that speaks to Kafka. */
export interface KafkaFlags {
  readonly brokers?: string
  readonly registryUrl?: string
  readonly topicPrefix?: string
  readonly config?: string
}

/** What such a command works with. */
export interface KafkaSettings {
  readonly config: Config
  readonly log: Logger
}

/** Adds the flags that `kafkaSettingsOf` reads. */
export function withKafkaFlags(command: Command): Command {
  return command
    .option('--brokers <list>', 'Kafka brokers to ask first, host:port separated by commas')
    .option('--registry-url <url>', 'schema registry')
    .option('--topic-prefix <prefix>', 'put before every topic, group and transactional id')
    .option('--config <file>', 'configuration file, YAML or JSON')
}

/**
 * Resolves the configuration and makes a logger. `flags` are further settings by configuration key.
 *
 * @param service which program writes the log lines, as `ostiary-topics`
 */
export async function kafkaSettingsOf(
  given: KafkaFlags,
  service: string,
  flags: Readonly<Record<string, string | undefined>> = {},
): Promise<KafkaSettings> {
  const { brokers, registryUrl, topicPrefix } = given
  const config = await loadConfig({
    file: given.config,
    env: process.env,
    flags: { brokers, registryUrl, topicPrefix, ...flags },
  })
  return { config, log: createLogger({ level: config.logLevel, service, version }) }
}
