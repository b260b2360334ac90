import { delimiter, dirname, resolve } from 'node:path'
import { type DetectorOptions, defaultDetectorOptions } from '@ostiary/models'
import { canonicalSha256, OstiaryError } from '@ostiary/schemas'
import { z } from 'zod'
import {
  type Config,
  flagOf,
  type SettingKey,
  type Settings,
  settingKeys,
  settings,
  variableOf,
} from './config-schema.ts'
import { nearestName } from './nearest-name.ts'
import { parseConfigFile } from './parse-config-file.ts'
import { pathsMax } from './setting-kind.ts'

/** Variables beginning with `OSTIARY_` that are no settings. */
const otherVariables: ReadonlySet<string> = new Set([
  'OSTIARY_DATA', // where tests find the data sets
  'OSTIARY_TEST_BROKERS', // where tests find a broker
  'OSTIARY_TEST_REGISTRY',
  'OSTIARY_SASL_PASSWORD', // secrets are no settings: they are never shown, hashed or quoted
  'OSTIARY_REGISTRY_PASSWORD',
  'OSTIARY_COLLECTOR_TOKEN',
  'OSTIARY_WEBHOOK_SECRET',
])

/** Variables that others read too, by the setting they stand for where our own is not set. */
const standardVariables: readonly (readonly [string, SettingKey])[] = [
  ['KAFKA_BROKERS', 'brokers'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'tracesEndpoint'],
  ['OTEL_TRACES_SAMPLER_ARG', 'tracesRatio'],
]

/** Problems that are listed; the rest is counted. */
const problemsMax = 50
/** Characters of a value that are quoted. */
const quotedLengthMax = 80

/** Where settings come from, the first before the others. */
export interface ConfigSources {
  /** Values of flags by setting key, as text or as what the setting takes; `undefined` for a flag that was not given. */
  readonly flags?: Readonly<Record<string, unknown>>
  /** The environment; only variables that begin with `OSTIARY_` are looked at, empty ones count as not given. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** A configuration file's path and text. */
  readonly file?: { readonly path: string; readonly text: string } | undefined
}

/** One source, ready to be checked: its values by setting key, and how to name a key in it. */
interface Layer {
  readonly values: ReadonlyMap<string, unknown>
  /** `file "ostiary.yaml": "names"`; also for keys that are not known. */
  nameOf(key: string): string
  /** What paths are relative to; `undefined` leaves them as they are. */
  readonly folder?: string
  /** As which known keys are suggested for an unknown one. */
  spelled(key: SettingKey): string
}

// Everything is optional here: what nobody sets gets its default once all sources are known.
const layerSchema = z.strictObject(
  Object.fromEntries(settingKeys.map((key) => [key, settings[key].kind.schema.optional()])),
)

/**
 * The configuration from flags, environment, file and defaults, in this order of precedence. Relative paths in a file are
 * relative to the file's folder.
 *
 * @throws OstiaryError `config.invalid` with every problem of every source, also in values that another source overrides
 */
export function resolveConfig(sources: ConfigSources = {}): Config {
  const problems: string[] = []
  const layers: Layer[] = [flagLayer(sources.flags ?? {}), variableLayer(sources.env ?? {})]
  if (sources.file !== undefined) {
    const { path, text } = sources.file
    const parsed = parseConfigFile(text)
    if (Array.isArray(parsed)) problems.push(...parsed.map((problem) => `file "${path}": ${problem}`))
    else layers.push(fileLayer(path, parsed as ReadonlyMap<string, unknown>))
  }
  const found = new Map<string, unknown>()
  for (const layer of layers)
    for (const [key, value] of check(layer, problems)) if (!found.has(key)) found.set(key, value)
  const resolved = Object.fromEntries(
    settingKeys.map((key) => [key, found.has(key) ? found.get(key) : settings[key].byDefault]),
  ) as unknown as Settings
  if (problems.length === 0 && resolved.caseGapMs > resolved.caseMaxMs)
    problems.push(
      `caseGapMs (${resolved.caseGapMs}) is more than caseMaxMs (${resolved.caseMaxMs}); a gap cannot be longer than a case`,
    )
  if (problems.length > 0) throw invalid(problems)
  return configOf(resolved)
}

function invalid(problems: readonly string[]): OstiaryError {
  const listed = problems.slice(0, problemsMax).map((problem) => `\n  ${problem}`)
  const more = problems.length > problemsMax ? `\n  and ${problems.length - problemsMax} more` : ''
  const count = problems.length === 1 ? 'it has a problem' : `it has ${problems.length} problems`
  return new OstiaryError('config.invalid', `Cannot use the configuration: ${count}:${listed.join('')}${more}`)
}

function configOf(resolved: Settings): Config {
  const detector: Record<string, unknown> = {}
  const rest: Record<string, unknown> = {}
  const hashed: Record<string, unknown> = {}
  for (const key of settingKeys) {
    const value = resolved[key]
    if (settings[key].changesAnswers) hashed[key] = value
    if (Object.hasOwn(defaultDetectorOptions, key)) detector[key] = value
    else rest[key] = Array.isArray(value) ? Object.freeze([...value]) : value
  }
  return Object.freeze({
    ...(rest as unknown as Omit<Settings, keyof DetectorOptions>),
    detector: Object.freeze(detector as unknown as DetectorOptions),
    hash: canonicalSha256(hashed),
  })
}

function flagLayer(flags: Readonly<Record<string, unknown>>): Layer {
  return {
    values: new Map(Object.entries(flags).filter(([, value]) => value !== undefined)),
    nameOf: (key) => `flag ${isSetting(key) ? flagOf(key) : `"${key}"`}`,
    spelled: flagOf,
  }
}

function variableLayer(env: Readonly<Record<string, string | undefined>>): Layer {
  const keys = new Map<string, SettingKey>(settingKeys.map((key) => [variableOf(key), key]))
  const values = new Map<string, unknown>()
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith('OSTIARY_') || otherVariables.has(name) || value === undefined || value === '') continue
    const key = keys.get(name)
    const isList = key !== undefined && Array.isArray(settings[key].byDefault) && settings[key].kind.isPath === true
    values.set(key ?? name, isList ? value.split(delimiter, pathsMax + 1).filter((part) => part !== '') : value)
  }
  const names = new Map<string, string>()
  for (const [name, key] of standardVariables) {
    const value = env[name]
    if (value === undefined || value === '' || values.has(key)) continue
    values.set(key, value)
    names.set(key, name)
  }
  return {
    values,
    nameOf: (key) => `variable ${names.get(key) ?? (isSetting(key) ? variableOf(key) : key)}`,
    spelled: variableOf,
  }
}

function fileLayer(path: string, values: ReadonlyMap<string, unknown>): Layer {
  return {
    values,
    nameOf: (key) => `file "${path}": ${quoted(key)}`,
    folder: dirname(path),
    spelled: (key) => key,
  }
}

/** What a layer sets, as the settings take it; what is wrong with it is added to `problems`. */
function check(layer: Layer, problems: string[]): [string, unknown][] {
  const parsed = layerSchema.safeParse(Object.fromEntries(layer.values))
  if (parsed.success)
    return Object.entries(parsed.data).map(([key, value]) => [
      key,
      isSetting(key) ? placed(key, value, layer.folder) : value,
    ])
  const seen = new Set<string>()
  for (const issue of parsed.error.issues)
    for (const key of issue.code === 'unrecognized_keys' ? issue.keys : [String(issue.path[0])]) {
      if (seen.has(key)) continue
      seen.add(key)
      problems.push(`${layer.nameOf(key)} ${problemOf(layer, key)}`)
    }
  return []
}

function problemOf(layer: Layer, key: string): string {
  if (isSetting(key)) return `is ${quoted(layer.values.get(key))}, expected ${settings[key].kind.words}`
  const near = nearestName(key, settingKeys.map(layer.spelled))
  return near === undefined ? 'is no setting' : `is no setting; did you mean ${near}?`
}

function isSetting(key: string): key is SettingKey {
  return Object.hasOwn(settings, key)
}

function placed(key: SettingKey, value: unknown, folder: string | undefined): unknown {
  if (folder === undefined || settings[key].kind.isPath !== true || value === '') return value
  return Array.isArray(value) ? value.map((each) => resolve(folder, String(each))) : resolve(folder, String(value))
}

function quoted(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > quotedLengthMax ? `${text.slice(0, quotedLengthMax)}…` : text
}
