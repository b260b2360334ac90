import { homedir } from 'node:os'
import { resolve } from 'node:path'
import {
  exitCodes,
  type KafkaFlags,
  kafkaSettingsOf,
  onInterrupt,
  type SetExitCode,
  withKafkaFlags,
} from '@ostiary/launcher'
import { Command, InvalidArgumentError, Option } from 'commander'
import { Steps } from '../render/steps.ts'
import { upSummary } from '../render/up-summary.ts'
import { defaultUpFolder, makeUpFiles } from '../up/up-files.ts'
import { type UpChoices, UpRun } from '../up/up-run.ts'

interface UpFlags extends KafkaFlags, UpChoices {
  readonly data?: string
}

/** `ostiary up`: everything on this machine, from broker to desk, until it is interrupted. */
export function upCommand(setExitCode: SetExitCode): Command {
  const command = new Command('up').description(
    'brings up everything on this machine: a broker and a registry unless given, topics, and all services',
  )
  return withKafkaFlags(command)
    .option('--data <folder>', 'secrets, logs, and what Kafka keeps (default: "up" in your data folder)')
    .addOption(
      new Option('--with <way>', 'what runs broker and registry (default: Docker if it answers, else Java)').choices([
        'docker',
        'java',
      ]),
    )
    .addOption(portOption('--broker-port <n>', `of a broker run with Java (default: 9092)`))
    .addOption(portOption('--registry-port <n>', `of a registry run with Java (default: 8081)`))
    .addOption(portOption('--collect-port <n>', 'where records are taken over HTTP').default(8787))
    .addOption(
      portOption('--listen-port <n>', 'first of the ports of /metrics and /readyz, one for each service').default(9464),
    )
    .addOption(
      new Option('--partitions <n>', 'of access.raw and access.events (default: what is there, else 4)').argParser(
        partitionsOf,
      ),
    )
    .addHelpText('after', '\nPort 0 is a free one. All of it listens on the loopback interface only.')
    .action((flags: UpFlags) => runUp(flags, setExitCode))
}

function portOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text: string) => {
    const port = Number(text)
    if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new InvalidArgumentError('Give a port, 0 for a free one.')
    return port
  })
}

function partitionsOf(text: string): number {
  if (!/^\d{1,4}$/.test(text) || Number(text) < 1) throw new InvalidArgumentError('Give a number from 1 to 9999.')
  return Number(text)
}

async function runUp(flags: UpFlags, setExitCode: SetExitCode): Promise<void> {
  const interrupt = onInterrupt()
  const { config } = await kafkaSettingsOf(flags, 'ostiary-up')
  const up = new UpRun({
    ...flags,
    config,
    configFile: flags.config === undefined ? undefined : resolve(flags.config),
    files: makeUpFiles(resolve(flags.data ?? defaultUpFolder(process.env, homedir()))),
    env: process.env,
    signal: interrupt.signal,
    steps: new Steps(),
  })
  let isUp = false
  try {
    process.stdout.write(upSummary(await up.start()))
    isUp = true
    await up.untilEnd()
  } catch (error) {
    // Whatever an interrupt broke off is no failure.
    if (!interrupt.signal.aborted) throw error
  } finally {
    await up.stop()
    interrupt.release()
  }
  // To be interrupted is how it ends, once it is up.
  setExitCode(isUp ? exitCodes.ok : exitCodes.interrupted)
}
