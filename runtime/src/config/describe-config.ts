import { flagOf, type SettingKey, settingKeys, settings, variableOf } from './config-schema.ts'

/** A setting in words, for `--help` and the manual. */
export interface ConfigRow {
  readonly key: SettingKey
  /** What it takes: `a number from 0 to 10000`. */
  readonly type: string
  /** As it would be written; `''` for empty. */
  readonly default: string
  /** Its environment variable. */
  readonly env: string
  readonly flag: string
  readonly description: string
  /** Whether it is part of the configuration's hash. */
  readonly changesAnswers: boolean
}

/** Every setting, in the order in which they are shown. */
export function describeConfig(): readonly ConfigRow[] {
  return settingKeys.map(rowOf)
}

function rowOf<Key extends SettingKey>(key: Key): ConfigRow {
  const { kind, byDefault, changesAnswers, description } = settings[key]
  return {
    key,
    type: kind.words,
    default: (kind.text as (value: unknown) => string)(byDefault),
    env: variableOf(key),
    flag: flagOf(key),
    description,
    changesAnswers,
  }
}
