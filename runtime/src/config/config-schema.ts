import { type DetectorOptions, defaultDetectorOptions } from '@ostiary/models'
import { type Backend, backends } from '@ostiary/models/train'
import type { Severity, SourceId } from '@ostiary/schemas'
import { type ServiceSettings, serviceSettings } from './service-settings.ts'
import { choice, choices, duration, integer, number, path, paths, type SettingKind, text } from './setting-kind.ts'

export type FailOn = 'none' | Severity
export type Names = 'auto' | 'yes' | 'no'
/** Whether models have to be signed: `auto` once there is a key to check them with. */
export type ModelSigning = 'auto' | 'required'
export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'

/** Every setting by its key, as it is written in a file. */
export interface Settings extends DetectorOptions, ServiceSettings {
  readonly tenant: string
  readonly source: 'auto' | SourceId
  readonly model: string
  readonly modelRegistry: string
  readonly modelTrust: string
  readonly modelSigning: ModelSigning
  readonly backends: readonly Backend[]
  readonly tfjsNode: string
  readonly feedback: string
  readonly context: readonly string[]
  readonly alertsPerDay: number
  readonly reorderMs: number
  readonly futureMs: number
  readonly recordBytesMax: number
  readonly depthMax: number
  readonly duplicatesMax: number
  readonly workers: number
  readonly failOn: FailOn
  readonly names: Names
  readonly logLevel: LogLevel
}

/** A configuration that has been checked. Frozen. */
export interface Config extends Omit<Settings, keyof DetectorOptions> {
  readonly detector: DetectorOptions
  /** SHA-256 of all settings that can change an answer: two runs with the same hash were set the same. */
  readonly hash: string
}

/** One setting: what it takes, what it is when nobody says, and what it is for. */
export interface Setting<Value> {
  readonly kind: SettingKind<Value>
  readonly byDefault: Value
  /** Whether it can change an alert; then it is part of the hash. Models and tables have hashes of their own. */
  readonly changesAnswers: boolean
  readonly description: string
}

const secondMs = 1000
const dayMs = 86_400_000
const mebibyte = 1024 * 1024

const sourceIds: Readonly<Record<SourceId, true>> = {
  'aws.cloudtrail': true,
  'azure.activity': true,
  'entra.signin': true,
  'entra.audit': true,
  'gcp.audit': true,
}

function answer<Value>(kind: SettingKind<Value>, byDefault: Value, description: string): Setting<Value> {
  return { kind, byDefault, changesAnswers: true, description }
}

function outward<Value>(kind: SettingKind<Value>, byDefault: Value, description: string): Setting<Value> {
  return { kind, byDefault, changesAnswers: false, description }
}

type OutwardSettings = { readonly [Key in keyof ServiceSettings]: Setting<ServiceSettings[Key]> }

function outwardSettings(given: typeof serviceSettings): OutwardSettings {
  const entries = Object.entries(given).map(([key, setting]) => [key, { ...setting, changesAnswers: false }])
  return Object.fromEntries(entries) as OutwardSettings
}

const detector = defaultDetectorOptions

const detectorSettings: { readonly [Key in keyof DetectorOptions]: Setting<DetectorOptions[Key]> } = {
  latenessMs: answer(
    duration(0, 366 * dayMs),
    detector.latenessMs,
    'Events later than this, behind the newest seen, are scored and flagged but teach nothing.',
  ),
  caseGapMs: answer(
    duration(secondMs, 366 * dayMs),
    detector.caseGapMs,
    'A case closes after this much event time without a strange event.',
  ),
  caseMaxMs: answer(
    duration(secondMs, 366 * dayMs),
    detector.caseMaxMs,
    'A case closes at the latest after this long.',
  ),
  digestBits: answer(number(0, 1024), detector.digestBits, 'Score from which an event opens a case.'),
  quarantineBits: answer(
    number(0, 1024),
    detector.quarantineBits,
    'Surprise over which what an event teaches waits for a label.',
  ),
  quarantineMs: answer(duration(0, 366 * dayMs), detector.quarantineMs, 'How long it waits when no label comes.'),
  rememberedWeight: answer(
    number(0, 1),
    detector.rememberedWeight,
    'Weight, in events, up to which the values of a lesson that waits are remembered meanwhile.',
  ),
  agedWeight: answer(number(0, 1), detector.agedWeight, 'Weight of a lesson that waited out its time without a label.'),
  noveltyPerDayMax: answer(
    integer(0, 1_000_000),
    detector.noveltyPerDayMax,
    'Surprising lessons that one identity may teach in a day.',
  ),
  // With 4 KiB an identity, this many still fit a state file.
  identitiesMax: answer(
    integer(1, 1_000_000),
    detector.identitiesMax,
    'Identities remembered one by one; newcomers beyond share a memory per issuer.',
  ),
  openCasesMax: answer(
    integer(1, 1_000_000),
    detector.openCasesMax,
    'Cases open at a time; the oldest closes to make room.',
  ),
}

/** Every setting, in the order in which they are shown. */
export const settings: { readonly [Key in keyof Settings]: Setting<Settings[Key]> } = {
  tenant: answer(
    text(/^[a-z0-9][a-z0-9._-]{0,62}$/, '1 to 63 of a-z, 0-9, ".", "_" and "-", the first a letter or digit'),
    'default',
    'Whose logs these are. Tenants share neither pseudonyms nor memory.',
  ),
  source: answer(
    choice(['auto', ...(Object.keys(sourceIds) as SourceId[])]),
    'auto',
    'Format of the records; `auto` looks at each one.',
  ),
  model: outward(path(), '', 'Folder of a model artefact; empty for the one that comes with the program.'),
  modelRegistry: outward(
    path(),
    '',
    'Folder of models; the one promoted in it scores a scan, unless `model` names another. Empty for none.',
  ),
  modelTrust: outward(
    path(),
    '',
    'File of the keys whose models are trusted; empty for `ostiary/model-trust` in your data folder.',
  ),
  modelSigning: outward(
    choice(['auto', 'required']),
    'auto',
    'Whether models must be signed by a trusted key: `auto` once that file holds a key, `required` always, and `model` too.',
  ),
  backends: outward(
    choices(backends),
    backends,
    'What `ostiary train` computes with: the first of these that is there.',
  ),
  tfjsNode: outward(
    path(),
    '',
    'Folder that `models/tfjs-node/install.sh` made, or any with `@tensorflow/tfjs-node` in its `node_modules`; empty for where npm put it, if it did.',
  ),
  feedback: outward(
    path(),
    '',
    'File of labels and suppressions that a scan heeds; on Kafka they come by markers. Empty for none.',
  ),
  context: outward(paths(), [], 'Files with your own identities, assets and indicators.'),
  alertsPerDay: answer(
    number(0, 10_000),
    10,
    'Pages a day you can read. Cases beyond, or not strange enough for the day, go to the digest.',
  ),
  reorderMs: answer(
    duration(0, 7 * dayMs),
    900 * secondMs,
    'How long, in event time, an event waits for earlier ones, to be taken in order.',
  ),
  futureMs: answer(
    // Times end with the year 2100: as far as that from any clock, and nothing is rejected.
    duration(0, 36_600 * dayMs),
    // A sender's clock or zone may be off; its year may not.
    dayMs,
    'Events dated further than this beyond the clock are rejected: one would make all that follow late. Raise it for archives dated ahead.',
  ),
  ...detectorSettings,
  recordBytesMax: answer(integer(1024, 256 * mebibyte), mebibyte, 'Bytes of one record; longer ones are rejected.'),
  depthMax: answer(integer(8, 512), 64, 'Nesting of one record; deeper ones are rejected.'),
  duplicatesMax: answer(
    integer(1, 8_388_608),
    262_144,
    'Event ids remembered, so that an event that comes twice counts once.',
  ),
  workers: outward(
    integer(0, 64),
    0,
    'Threads that work on files: one scores, the others read for it. 0 for as many as there are processors, 4 at most, where there is enough to read (8 MiB, of packed files a tenth). The output is the same for any number.',
  ),
  failOn: outward(
    choice(['none', 'Informational', 'Low', 'Medium', 'High', 'Critical']),
    'none',
    'Exit with code 1 when an alert of this severity or a higher one was raised.',
  ),
  names: outward(
    choice(['auto', 'yes', 'no']),
    'auto',
    'Whether clear names are shown beside pseudonyms; `auto` shows them on a terminal only.',
  ),
  logLevel: outward(
    choice(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    'info',
    'Least severe log line that is written.',
  ),
  ...outwardSettings(serviceSettings),
}

export type SettingKey = keyof Settings

export const settingKeys: readonly SettingKey[] = Object.keys(settings) as SettingKey[]

/** The environment variable of a setting: `alertsPerDay` is `OSTIARY_ALERTS_PER_DAY`. */
export function variableOf(key: SettingKey): string {
  return `OSTIARY_${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`
}

/** The flag of a setting: `alertsPerDay` is `--alerts-per-day`; durations carry their unit, so `reorderMs` is `--reorder`. */
export function flagOf(key: SettingKey): string {
  return `--${key.replace(/Ms$/, '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}
