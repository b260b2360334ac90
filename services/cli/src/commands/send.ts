import {
  exitCodes,
  type KafkaFlags,
  kafkaSettingsOf,
  onInterrupt,
  type SetExitCode,
  withKafkaFlags,
} from '@ostiary/launcher'
import { listInputs, readItems } from '@ostiary/runtime'
import { Command, InvalidArgumentError, Option } from 'commander'
import { RawSender } from '../raw-sender.ts'
import { bytesText, progressBar } from '../render/progress.ts'
import { tellSendSummary } from '../render/send-summary.ts'

const rateMax = 1_000_000

interface SendFlags extends KafkaFlags {
  readonly rate: number
  readonly source?: string
  readonly tenant?: string
}

/** `ostiary send`: the records of files to `access.raw`, as they are. */
export function sendCommand(setExitCode: SetExitCode): Command {
  const command = new Command('send')
    .description('sends the records of log files to Kafka, as they are, for the services')
    .argument('<path...>', 'files, folders, or - for standard input')
    .option('--source <format>', 'format of the records (detected unless given)')
    .option('--tenant <name>', 'whose records these are')
    .addOption(rateOption())
    .action((paths: string[], flags: SendFlags) => runSend(paths, flags, setExitCode))
  return withKafkaFlags(command)
}

/** `--rate`, of every command that sends. */
export function rateOption(): Option {
  return new Option('--rate <n>', 'records a second (default: as fast as Kafka takes them)')
    .argParser(rateOf)
    .default(0)
}

function rateOf(text: string): number {
  const rate = Number(text)
  if (!/^\d+(?:\.\d+)?$/.test(text) || !(rate > 0) || rate > rateMax)
    throw new InvalidArgumentError(`Give records a second, more than 0 and at most ${rateMax}.`)
  return rate
}

async function runSend(paths: readonly string[], flags: SendFlags, setExitCode: SetExitCode): Promise<void> {
  const interrupt = onInterrupt()
  const { signal } = interrupt
  const { source, tenant } = flags
  const { config, log } = await kafkaSettingsOf(flags, 'ostiary-send', { source, tenant })
  const inputs = listInputs(paths)
  const total = inputs.reduce((sum, input) => sum + input.bytes, 0)
  const sender = await RawSender.open(config, log, signal, flags.rate)
  const bar = progressBar('sending', total, bytesText)
  let read = 0
  const options = {
    recordBytesMax: config.recordBytesMax,
    depthMax: config.depthMax,
    onBytes: (bytes: number) => {
      read += bytes
      bar.update(read)
    },
  }
  try {
    for (const { path } of inputs) {
      if (signal.aborted) break
      await sender.send(path === '-' ? 'stdin' : path, readItems(path, options, signal))
    }
  } finally {
    bar.stop()
  }
  const summary = await sender.close()
  interrupt.release()
  tellSendSummary(summary)
  if (signal.aborted) setExitCode(exitCodes.interrupted)
  else if (summary.records === 0) {
    process.stderr.write(
      `ostiary: Nothing was sent: no record was found in ${paths.map((path) => `"${path}"`).join(', ')}\n`,
    )
    setExitCode(exitCodes.input)
  }
}
