import type { SetExitCode } from '@ostiary/launcher'
import { type ArtefactManifest, type Calibration, calibrationOf } from '@ostiary/models'
import { checkTrust, type ModelTrust, rolloutOf, type StoredModel, wholeModelOf } from '@ostiary/runtime'
import { OstiaryError } from '@ostiary/schemas'
import Table from 'cli-table3'
import { Command } from 'commander'
import { idOf, inPlace, type Place, type PlaceFlags, readModel, withPlaceFlags } from '../models-place.ts'
import { printable } from '../render/printable.ts'

/** Budgets whose paging thresholds are shown. */
const budgets = [1, 10, 50] as const
/** Ranks, in nats, whose bits are shown. */
const ranks = [0, 5, 10, 15, 20, 30] as const

/** What is told of a model: one line of a list. */
export interface ModelFacts {
  readonly model: string
  readonly in_force: 'champion' | 'shadow' | 'before' | ''
  readonly signature: string
  readonly usable: boolean
  readonly trained_from: string
  readonly trained_until: string
  readonly events: number
  readonly identities: number
  readonly seed: number
  readonly autoencoder_weight: number
  /** Paging threshold in bits by pages a day. */
  readonly page_bits: Readonly<Record<string, number>>
  /** Bits of a rank in nats. */
  readonly score_bits: Readonly<Record<string, number>>
  readonly calibration_days: number
  readonly calibration_samples: number
  /** Why it cannot be used; empty where it can. */
  readonly problem: string
}

/** `ostiary models list`: what there is, and what is in force. */
export function listCommand(_: SetExitCode): Command {
  const command = new Command('list')
    .description('lists the models that are kept, and which is in force')
    .option('--journal', 'list what was done with them instead, oldest first')
    .action((flags: PlaceFlags & { readonly journal?: boolean }) =>
      inPlace(flags, async (place) => {
        if (flags.journal === true) {
          for (const entry of await place.store.entries()) process.stdout.write(`${JSON.stringify(entry)}\n`)
          return
        }
        const ids = [...new Set([place.trust.starter, ...(await place.store.ids())])]
        const rows: ModelFacts[] = []
        for (const id of ids) rows.push(await factsOf(place, id))
        if (process.stdout.isTTY) process.stdout.write(`${tableOf(rows)}\n`)
        else for (const row of rows) process.stdout.write(`${JSON.stringify(row)}\n`)
      }),
    )
  return withPlaceFlags(command)
}

/** `ostiary models show`: everything about one. */
export function showCommand(_: SetExitCode): Command {
  const command = new Command('show')
    .description('shows a model: its figures, who signed it, what was done with it, and its card')
    .argument('<id>', 'beginning of its id, or "starter"')
    .action((given: string, flags: PlaceFlags) =>
      inPlace(flags, async (place) => {
        const id = await idOf(place, given)
        const facts = await factsOf(place, id)
        const journal = (await place.store.entries()).filter(({ model }) => model === id)
        const card = await cardOf(place, id)
        if (!process.stdout.isTTY) {
          process.stdout.write(`${JSON.stringify({ ...facts, journal, card })}\n`)
          return
        }
        const table = new Table({ style: { head: [], border: [] } })
        for (const [name, value] of Object.entries(printable(facts))) table.push([name, textOf(value)])
        for (const { time, action, by, reason } of printable(journal))
          table.push([action, `${time} by ${by}: ${reason}`])
        process.stdout.write(`${table.toString()}\n\n${printable(card.split('\n')).join('\n')}\n`)
      }),
    )
  return withPlaceFlags(command)
}

/** `ostiary models diff`: what differs between two. */
export function diffCommand(_: SetExitCode): Command {
  const command = new Command('diff')
    .description('says in what two models differ: figures, calibration, inputs')
    .argument('<a>', 'beginning of an id, or "starter"')
    .argument('<b>', 'beginning of another')
    .action((a: string, b: string, flags: PlaceFlags) =>
      inPlace(flags, async (place) => {
        const sides = await Promise.all([a, b].map((given) => sideOf(place, given)))
        const rows = differencesOf(sides[0]!, sides[1]!)
        if (!process.stdout.isTTY) {
          for (const row of rows) process.stdout.write(`${JSON.stringify(row)}\n`)
          return
        }
        const table = new Table({ head: ['what', 'a', 'b'], style: { head: [], border: [] } })
        for (const row of printable(rows)) table.push([row.what, textOf(row.a), textOf(row.b)])
        process.stdout.write(`${table.toString()}\n`)
      }),
    )
  return withPlaceFlags(command)
}

async function factsOf(place: Place, id: string): Promise<ModelFacts> {
  const { champion, shadow, before } = rolloutOf(await place.store.entries())
  // With nothing promoted the one that ships is in force, or what the configuration names.
  const inForce = champion === '' && place.config.model === '' ? place.trust.starter : champion
  const role = id === inForce ? 'champion' : id === shadow ? 'shadow' : before.includes(id) ? 'before' : ''
  try {
    return { model: id, in_force: role, ...figuresOf(await readModel(place, id), place.trust, id) }
  } catch (error) {
    if (!(error instanceof OstiaryError)) throw error
    return { model: id, in_force: role, ...noFigures, problem: error.message }
  }
}

const noFigures = {
  signature: '',
  usable: false,
  trained_from: '',
  trained_until: '',
  events: 0,
  identities: 0,
  seed: 0,
  autoencoder_weight: 0,
  page_bits: {},
  score_bits: {},
  calibration_days: 0,
  calibration_samples: 0,
}

function figuresOf(stored: StoredModel, trust: ModelTrust, id: string): Omit<ModelFacts, 'model' | 'in_force'> {
  const { model, bytes } = wholeModelOf(stored)
  const manifest = jsonOf(bytes.manifest) as ArtefactManifest
  const calibration: Calibration = calibrationOf(jsonOf(bytes.files['calibration.json']))
  const { signature, problem } = signatureOf(stored, trust, id)
  return {
    signature,
    usable: problem === '',
    trained_from: manifest.trainedFrom,
    trained_until: manifest.trainedUntil,
    events: manifest.events,
    identities: manifest.identities,
    seed: manifest.seed,
    autoencoder_weight: manifest.autoencoderWeight,
    page_bits: Object.fromEntries(budgets.map((budget) => [budget, rounded(model.pageBits(budget))])),
    score_bits: Object.fromEntries(ranks.map((rank) => [rank, rounded(model.scoreBits(rank).bits)])),
    calibration_days: calibration.caseMaxima.days,
    calibration_samples: calibration.score.samples,
    problem,
  }
}

function signatureOf(
  { signature }: StoredModel,
  trust: ModelTrust,
  id: string,
): { signature: string; problem: string } {
  const by = signature === undefined ? 'none' : `key ${signature.key}`
  try {
    const key = checkTrust(trust, id, signature)
    if (id === trust.starter) return { signature: 'ships with the program', problem: '' }
    return { signature: key === undefined ? by : `${by} ${key.name}`.trimEnd(), problem: '' }
  } catch (error) {
    if (!(error instanceof OstiaryError)) throw error
    return { signature: by, problem: error.message }
  }
}

async function cardOf(place: Place, id: string): Promise<string> {
  try {
    return Buffer.from((await readModel(place, id)).bytes.files['MODEL_CARD.md']).toString('utf8')
  } catch (error) {
    if (!(error instanceof OstiaryError)) throw error
    return ''
  }
}

interface Side {
  readonly facts: ModelFacts
  readonly inputs: readonly string[]
  readonly files: Readonly<Record<string, string>>
}

async function sideOf(place: Place, given: string): Promise<Side> {
  const id = await idOf(place, given)
  const manifest = jsonOf((await readModel(place, id)).bytes.manifest) as ArtefactManifest
  return { facts: await factsOf(place, id), inputs: manifest.autoencoderInputs, files: manifest.files }
}

interface Difference {
  readonly what: string
  readonly a: unknown
  readonly b: unknown
}

/** Members that differ, those of members too; for files, only that they do. */
function differencesOf(a: Side, b: Side): Difference[] {
  const rows: Difference[] = []
  for (const what of Object.keys(a.facts) as (keyof ModelFacts)[]) {
    const [left, right] = [a.facts[what], b.facts[what]]
    if (typeof left !== 'object' || typeof right !== 'object') rows.push({ what, a: left, b: right })
    else for (const key of Object.keys(left)) rows.push({ what: `${what} ${key}`, a: left[key], b: right[key] })
  }
  for (const [name, hash] of Object.entries(a.files)) rows.push({ what: name, a: hash, b: b.files[name] })
  rows.push({ what: 'inputs', a: a.inputs.join(' '), b: b.inputs.join(' ') })
  return rows.filter((row) => row.a !== row.b)
}

function tableOf(rows: readonly ModelFacts[]): string {
  const head = ['model', 'in force', 'signed by', 'trained until', 'events', 'pages at 10 a day from', '']
  const table = new Table({ head, style: { head: [], border: [] } })
  for (const row of printable(rows)) {
    const { model, in_force: role, signature, trained_until: until, events, page_bits: bits, problem } = row
    const threshold = bits['10'] === undefined ? '' : `${bits['10']} bits`
    table.push([model.slice(0, 12), role, signature, until.slice(0, 10), events, threshold, problem.slice(0, 60)])
  }
  return table.toString()
}

function textOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value)
  return Object.entries(value)
    .map(([key, one]) => `${key}: ${one}`)
    .join(', ')
}

function rounded(bits: number): number {
  return Math.round(bits * 100) / 100
}

function jsonOf(bytes: Uint8Array): unknown {
  return JSON.parse(Buffer.from(bytes).toString('utf8'))
}
