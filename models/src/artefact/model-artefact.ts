import { createHash } from 'node:crypto'
import { canonicalSha256, OstiaryError } from '@ostiary/schemas'
import { autoencoderInput, autoencoderInputIds, autoencoderInputWeights } from '../autoencoder/input-vector.ts'
import { readLayersModel } from '../autoencoder/layers-model.ts'
import { createReconstruction, type Reconstruction } from '../autoencoder/reconstruct.ts'
import { bitsAt } from '../calibration/bits-table.ts'
import { type Calibration, calibrationOf, pageBitsOf } from '../calibration/calibration.ts'
import { CensusTable } from '../census/census-table.ts'
import { rankId } from '../score/rank.ts'
import type { ScoringModel } from '../score/scoring-model.ts'
import { signals } from '../signals/index.ts'

/** Raised when what an artefact holds changes; another version is refused. */
export const artefactVersion = 1

/** The files of an artefact beside its manifest. All but the card and its plots decide answers. */
export const artefactFiles = [
  'model.json',
  'weights.bin',
  'calibration.json',
  'census.json',
  'MODEL_CARD.md',
  'MODEL_CARD.svg',
] as const
export type ArtefactFile = (typeof artefactFiles)[number]

/** What names an artefact: its canonical SHA-256 is the artefact's id. */
export interface ArtefactManifest {
  readonly version: typeof artefactVersion
  /** SHA-256 of each file, in hex. */
  readonly files: Readonly<Record<ArtefactFile, string>>
  /** What the inputs were when it was trained, in order. */
  readonly signals: readonly string[]
  readonly autoencoderInputs: readonly string[]
  /** The `rankId` that its calibration was made under. */
  readonly rank: string
  /** Nats a bit of the autoencoder adds to the rank. */
  readonly autoencoderWeight: number
  /** Event time of what it was trained on, RFC 3339, and how much of it. */
  readonly trainedFrom: string
  readonly trainedUntil: string
  readonly events: number
  readonly identities: number
  readonly seed: number
}

/** The id of an artefact: SHA-256 of its manifest's canonical bytes. */
export function artefactIdOf(manifest: ArtefactManifest): string {
  return canonicalSha256(manifest)
}

/** An artefact's files as they lie on disk. */
export interface ArtefactBytes {
  readonly manifest: Uint8Array
  readonly files: Readonly<Record<ArtefactFile, Uint8Array>>
}

/**
 * A scoring model from an artefact's files.
 *
 * @throws OstiaryError `model.invalid` when a file is damaged, does not fit another, or was made for other signals
 */
export function scoringModelOf(bytes: ArtefactBytes): ScoringModel {
  try {
    const manifest = manifestOf(parse(bytes.manifest))
    for (const name of artefactFiles)
      if (createHash('sha256').update(bytes.files[name]).digest('hex') !== manifest.files[name])
        throw new TypeError(`its file "${name}" is not the one its manifest names`)
    const reconstruction = createReconstruction(
      readLayersModel(parse(bytes.files['model.json']), bytes.files['weights.bin']),
      autoencoderInputWeights,
    )
    const calibration = calibrationOf(parse(bytes.files['calibration.json']))
    const census = CensusTable.fromJson(parse(bytes.files['census.json']))
    return assemble(artefactIdOf(manifest), manifest.autoencoderWeight, reconstruction, calibration, census)
  } catch (error) {
    if (error instanceof OstiaryError) throw error
    const detail = error instanceof Error ? error.message : String(error)
    throw new OstiaryError('model.invalid', `Cannot use model: ${detail}. Train it anew with "ostiary train"`, {
      cause: error,
    })
  }
}

/** Three of four events of the composed organisations surprise less; asking from here on changed no figure of theirs. */
const autoencoderFromNats = 2

/** Puts a scoring model together from its parts. */
export function assemble(
  id: string,
  autoencoderWeight: number,
  reconstruction: Reconstruction,
  calibration: Calibration,
  census: CensusTable,
): ScoringModel {
  const input = new Float64Array(reconstruction.width)
  return {
    id,
    census,
    autoencoderFromNats,
    autoencoderWeight,
    autoencoderBits(nats, context) {
      autoencoderInput(nats, context, input)
      return bitsAt(calibration.autoencoder, reconstruction.reconstructionError(input).error).bits
    },
    scoreBits: (rank) => bitsAt(calibration.score, rank),
    surpriseBits: (rank) => bitsAt(calibration.surprise, rank).bits,
    pageBits: (alertsPerDay) => pageBitsOf(calibration, alertsPerDay),
  }
}

function parse(bytes: Uint8Array): unknown {
  return JSON.parse(Buffer.from(bytes).toString('utf8'))
}

function manifestOf(json: unknown): ArtefactManifest {
  const given = json as Partial<ArtefactManifest> | null
  if (given === null || typeof given !== 'object' || given.version !== artefactVersion)
    throw new TypeError(`its manifest is not of version ${artefactVersion}`)
  if (
    !same(
      given.signals,
      signals.map((signal) => signal.id),
    )
  )
    throw new TypeError('it was trained on other signals than this version has')
  if (!same(given.autoencoderInputs, autoencoderInputIds))
    throw new TypeError('its autoencoder was trained on other inputs than this version has')
  checkMembers(given)
  if (given.rank !== rankId) throw new TypeError('its scores were calibrated for another rank than this version has')
  const weight = given.autoencoderWeight
  if (typeof weight !== 'number' || !(weight >= 0 && weight <= 10))
    throw new TypeError(`its "autoencoderWeight" is ${JSON.stringify(weight)}, not a number from 0 to 10`)
  return given as ArtefactManifest
}

const hash = /^[0-9a-f]{64}$/
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const members = [
  'version',
  'files',
  'signals',
  'autoencoderInputs',
  'rank',
  'autoencoderWeight',
  'trainedFrom',
  'trainedUntil',
  'events',
  'identities',
  'seed',
] as const satisfies readonly (keyof ArtefactManifest)[]

/** Its own hash is the artefact's name, so a manifest has to be whole: nothing missing, nothing more, nothing odd. */
function checkMembers(given: Partial<ArtefactManifest>): void {
  const { files, trainedFrom, trainedUntil, events, identities, seed } = given
  if (!sameNames(given, members))
    throw new TypeError(`its manifest needs the members ${members.join(', ')} and no others`)
  if (!sameNames(files, artefactFiles) || !Object.values(files as object).every((one) => hash.test(String(one))))
    throw new TypeError(`its manifest needs the SHA-256 of ${artefactFiles.join(', ')} and of no others`)
  for (const text of [trainedFrom, trainedUntil])
    if (typeof text !== 'string' || !time.test(text))
      throw new TypeError(`its manifest has ${JSON.stringify(text)} for a time, not RFC 3339 in UTC with milliseconds`)
  for (const count of [events, identities, seed])
    if (!Number.isSafeInteger(count) || (count as number) < 0)
      throw new TypeError(`its manifest has ${JSON.stringify(count)} for a number, not a whole one from 0`)
}

function sameNames(given: object | null | undefined, expected: readonly string[]): boolean {
  return typeof given === 'object' && given !== null && same(Object.keys(given).sort(), [...expected].sort())
}

function same(given: readonly string[] | undefined, expected: readonly string[]): boolean {
  return (
    Array.isArray(given) && given.length === expected.length && given.every((one, index) => one === expected[index])
  )
}
