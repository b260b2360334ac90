import { readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { OstiaryError } from '@ostiary/schemas'

/** Bytes of a topology, and of all weights together: far more than the largest network that is read. */
const jsonBytesMax = 1024 * 1024
const weightsBytesMax = 32 * 1024 * 1024
const weightFilesMax = 64

/** The object of a `model.json` and the bytes of its weight files, one after another. */
export interface LayersModelParts {
  readonly modelJson: unknown
  readonly weights: Uint8Array
}

/**
 * Reads a layers model from disk: a folder with `model.json`, or that file under any name; weights lie beside it.
 *
 * @throws OstiaryError `input.unreadable`, or `model.invalid` for what is no layers model
 */
export async function readLayersModelParts(path: string): Promise<LayersModelParts> {
  const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() === true
  const file = isFolder ? join(path, 'model.json') : path
  const modelJson = parsed(file, await bounded(file, jsonBytesMax))
  const parts: Uint8Array[] = []
  let room = weightsBytesMax
  for (const name of weightFilesOf(file, modelJson)) {
    const bytes = await bounded(join(dirname(file), name), room)
    room -= bytes.length
    parts.push(bytes)
  }
  return { modelJson, weights: Buffer.concat(parts) }
}

function parsed(file: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch (cause) {
    throw new OstiaryError(
      'model.invalid',
      `Cannot import "${file}": it is not JSON. Give the model.json of a layers model, or its folder`,
      { cause },
    )
  }
}

/** Names of files in the model's own folder, and nowhere else. */
function weightFilesOf(file: string, modelJson: unknown): readonly string[] {
  const { weightsManifest } = (modelJson ?? {}) as { readonly weightsManifest?: unknown }
  const groups = Array.isArray(weightsManifest) ? (weightsManifest as readonly unknown[]) : []
  const names = groups.flatMap((group) => (group as { readonly paths?: readonly unknown[] } | null)?.paths ?? [])
  const odd = names.find((name) => typeof name !== 'string' || !/^[\w-][\w.-]{0,127}$/.test(name))
  if (names.length === 0 || names.length > weightFilesMax || odd !== undefined)
    throw new OstiaryError(
      'model.invalid',
      `Cannot import "${file}": its weightsManifest names ${odd === undefined ? `${names.length} files` : JSON.stringify(odd)}; ` +
        `1 to ${weightFilesMax} files beside it are expected`,
    )
  return names as readonly string[]
}

async function bounded(file: string, bytesMax: number): Promise<Uint8Array> {
  let size: number
  try {
    size = (await stat(file)).size
    if (size <= bytesMax) return await readFile(file)
  } catch (cause) {
    throw new OstiaryError('input.unreadable', `Cannot read "${file}": check that it exists and is readable`, { cause })
  }
  throw new OstiaryError('model.invalid', `Cannot import "${file}": it has ${size} bytes, at most ${bytesMax} are read`)
}
