import { existsSync } from 'node:fs'
import { join } from 'node:path'
import {
  exitCodes,
  type KafkaFlags,
  kafkaSettingsOf,
  type SetExitCode,
  version,
  withKafkaFlags,
} from '@ostiary/launcher'
import type { CensusTable, ScoringModel } from '@ostiary/models'
import {
  alertLineOf,
  type Config,
  censusFolderOf,
  findExhibits,
  folderModelStoreOf,
  keptCensus,
  lineJson,
  loadArtefact,
  type ReproduceOptions,
  type Reproduction,
  reproduce,
  starterArtefactFolder,
  wholeModelOf,
} from '@ostiary/runtime'
import { alertHex } from '@ostiary/runtime/kafka'
import { type Alert, type Exhibit, OstiaryError } from '@ostiary/schemas'
import { Command, InvalidArgumentError, Option } from 'commander'
import { type FoundAlert, findAlert, prefixMin } from '../find-alert.ts'
import { KafkaReader } from '../kafka-evidence.ts'
import { reproductionText } from '../render/reproduction-text.ts'

interface ReproduceFlags extends KafkaFlags {
  readonly exhibits?: readonly string[]
  readonly alerts?: string
  readonly model?: readonly string[]
  readonly revision?: number
}

/** `ostiary reproduce`: an alert computed again from its exhibits, to the same bits or with what differs. */
export function reproduceCommand(setExitCode: SetExitCode): Command {
  return withKafkaFlags(
    new Command('reproduce')
      .description('computes an alert again from its exhibits, and says whether the same bits come out or what differs')
      .argument('<id>', 'of the alert, or its beginning')
      .option('--exhibits <file...>', 'that "ostiary scan --exhibits" wrote (default: the topic access.exhibits)')
      .option('--alerts <file>', 'that "ostiary scan --alerts" wrote: to compare with the alert’s own bytes')
      .option(
        '--model <folder...>',
        'models it may have been made with (default: found by id in the registry, or the one that ships)',
      )
      .addOption(new Option('--revision <n>', 'of the alert (default: its last)').argParser(revisionOf))
      .addHelpText('after', helpText)
      .action((id: string, flags: ReproduceFlags) => runReproduce(id, flags, setExitCode)),
  )
}

const helpText = `
Exit codes: ${exitCodes.ok} the same bits, ${exitCodes.failOn} something differs, ${exitCodes.usage} usage, ${exitCodes.input} the alert or its exhibits were not found.`

function revisionOf(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Give a whole number from 1.')
  return Number(text)
}

/** What is compared, and what it is computed from. */
type Evidence = Pick<ReproduceOptions, 'exhibits' | 'alert' | 'written'>

async function runReproduce(id: string, flags: ReproduceFlags, setExitCode: SetExitCode): Promise<void> {
  if (!/^[0-9a-f]+$/.test(id) || id.length < prefixMin)
    throw new OstiaryError(
      'usage.invalid',
      `Cannot look for "${id}": give an alert’s id, or at least its first ${prefixMin} digits`,
    )
  const { config, log } = await kafkaSettingsOf(flags, 'ostiary-reproduce')
  const { exhibits: files } = flags
  const found = flags.alerts === undefined ? undefined : await findAlert(id, flags.alerts)
  if (flags.alerts !== undefined && found === undefined) throw notFound(id, `"${flags.alerts}"`)
  const uid = found?.alert.finding_uid ?? id
  const work = async (
    evidence: Evidence,
    censusOf: (models: readonly ScoringModel[]) => CensusOf,
    promoted?: (id: string) => Promise<ScoringModel>,
  ): Promise<void> => {
    const models = await modelsOf(evidence.exhibits, flags, config, promoted)
    const done = await reproduce({
      ...evidence,
      models,
      censusOf: censusOf([...models.values()]),
      revision: flags.revision,
      codeVersion: version,
    })
    tell(done)
    setExitCode(done.same ? exitCodes.ok : exitCodes.failOn)
  }
  if (files !== undefined) {
    const exhibits = await findExhibits(files, uid)
    if (exhibits.length === 0) throw notFound(uid, files.map((file) => `"${file}"`).join(', '))
    await work({ exhibits, ...comparisonOf(found, flags.revision) }, () => censusIn(files))
    return
  }
  const reader = new KafkaReader(config, log)
  await reader.connect()
  try {
    const { alert, exhibits } = await reader.evidenceOf(uid, flags.revision)
    if (exhibits.length === 0) throw notFound(uid, 'access.exhibits')
    const ofTopic = alert && { alert, written: { as: alertHex, found: alertHex(alert) } }
    await work(
      { exhibits, ...(found === undefined ? ofTopic : comparisonOf(found, flags.revision)) },
      (models) => reader.censusOf(models),
      (model) => reader.modelOf(model),
    )
  } finally {
    await reader.close()
  }
}

type CensusOf = (hash: string) => Promise<CensusTable>

function notFound(id: string, where: string): OstiaryError {
  return new OstiaryError('input.empty', `Cannot reproduce "${id}": nothing in ${where} is of this alert`)
}

/** The alert of a file, and how its line came about; nothing where another revision is asked for. */
function comparisonOf(
  found: FoundAlert | undefined,
  revision: number | undefined,
): Pick<Evidence, 'alert' | 'written'> {
  if (found === undefined || (revision ?? found.alert.revision) !== found.alert.revision) return {}
  const { alert, line } = found
  const format = line.includes('"class_uid":2004') ? 'ocsf' : 'flat'
  const isNamed = !alert.identity_uid.startsWith('id-')
  const as = (again: Alert): string =>
    alertLineOf({
      format,
      productVersion: again.code,
      nameOf: isNamed ? (uid) => (uid === again.identity_uid ? alert.identity_uid : undefined) : undefined,
    })(again)
  return { alert, written: { as, found: line } }
}

function censusIn(files: readonly string[]): CensusOf {
  const folders = files.map(censusFolderOf)
  return async (hash) => {
    const table = keptCensus(folders, hash)
    if (table !== undefined) return table
    throw new OstiaryError('artefact.missing', `not in ${folders.map((folder) => `"${folder}"`).join(', ')}`)
  }
}

/** The models of the folders given, else those of the exhibits' ids in the registry or where they were promoted, and the one that ships. */
async function modelsOf(
  exhibits: readonly Exhibit[],
  { model: folders }: ReproduceFlags,
  config: Config,
  promoted: ((id: string) => Promise<ScoringModel>) | undefined,
): Promise<Map<string, ScoringModel>> {
  const models = new Map<string, ScoringModel>()
  if (folders !== undefined) {
    for (const folder of folders) await addModel(models, folder)
    return models
  }
  await addModel(models, starterArtefactFolder())
  const store = folderModelStoreOf(config, process.env)
  const kept = new Set(await store.ids())
  for (const id of new Set(exhibits.map(({ model }) => model))) {
    if (models.has(id)) continue
    if (kept.has(id)) await orTold(async () => models.set(id, wholeModelOf(await store.read(id)).model))
    else if (promoted !== undefined) await orTold(async () => models.set(id, await promoted(id)))
  }
  await store.close()
  return models
}

async function addModel(models: Map<string, ScoringModel>, folder: string): Promise<void> {
  if (!existsSync(join(folder, 'manifest.json')))
    throw new OstiaryError('usage.invalid', `Cannot use "${folder}" as a model: it has no manifest.json`)
  await orTold(async () => {
    const model = await loadArtefact(folder)
    models.set(model.id, model)
  })
}

/** A model that is damaged is told, and counts as not there. */
async function orTold(load: () => Promise<unknown>): Promise<void> {
  try {
    await load()
  } catch (error) {
    if (!(error instanceof OstiaryError)) throw error
    process.stderr.write(`ostiary: ${error.message} (${error.code})\n`)
  }
}

function tell(done: Reproduction): void {
  const { finding: _, ...told } = done
  process.stdout.write(process.stdout.isTTY ? `${reproductionText(done)}\n` : `${lineJson(told)}\n`)
}
