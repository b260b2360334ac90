import type { SetExitCode } from '@ostiary/launcher'
import { describeConfig, loadConfig } from '@ostiary/runtime'
import Table from 'cli-table3'
import { Command } from 'commander'
import colors from 'picocolors'

/** `ostiary validate`: what the configuration comes to, or everything that is wrong with it. */
export function validateCommand(_: SetExitCode): Command {
  return new Command('validate')
    .description('checks the configuration of file and environment, and shows what it comes to')
    .option('--config <file>', 'configuration file, YAML or JSON')
    .action(runValidate)
}

async function runValidate(flags: { readonly config?: string }): Promise<void> {
  const config = await loadConfig({ file: flags.config, env: process.env })
  const { detector, hash, ...rest } = config
  const values: Readonly<Record<string, unknown>> = { ...rest, ...detector }
  if (!process.stdout.isTTY) {
    process.stdout.write(`${JSON.stringify({ ...values, hash })}\n`)
    return
  }
  const table = new Table({
    head: ['setting', 'value', 'default', 'what for'],
    style: { head: ['bold'], compact: true },
  })
  for (const row of describeConfig()) {
    const value = JSON.stringify(values[row.key])
    table.push([
      row.key,
      value === JSON.stringify(row.default) ? colors.dim(value) : value,
      colors.dim(row.default),
      row.description,
    ])
  }
  process.stdout.write(`${table.toString()}\nconfiguration ${hash}\n`)
}
