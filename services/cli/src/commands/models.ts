import type { SetExitCode } from '@ostiary/launcher'
import { Command } from 'commander'
import { importCommand } from './models-import.ts'
import { keygenCommand, signCommand, trustCommand } from './models-keys.ts'
import { promoteCommand } from './models-promote.ts'
import { publishCommand, rollbackCommand, shadowCommand } from './models-rollout.ts'
import { diffCommand, listCommand, showCommand } from './models-show.ts'

/** `ostiary models`: which models there are, which is in force, and another one in its place. */
export function modelsCommand(setExitCode: SetExitCode): Command {
  const command = new Command('models').description(
    'signs models, compares them, puts them in force and takes them back',
  )
  for (const each of [
    listCommand,
    showCommand,
    diffCommand,
    importCommand,
    publishCommand,
    promoteCommand,
    rollbackCommand,
    shadowCommand,
    keygenCommand,
    signCommand,
    trustCommand,
  ])
    command.addCommand(each(setExitCode).exitOverride())
  return command
}
