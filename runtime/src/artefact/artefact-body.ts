import { type ArtefactBytes, type ArtefactFile, artefactFiles } from '@ostiary/models'
import { OstiaryError } from '@ostiary/schemas'

const lengthBytes = 4

/** An artefact in one piece: its manifest, then its files in the order of `artefactFiles`, each behind its length (4 bytes, big-endian). */
export function packArtefact({ manifest, files }: ArtefactBytes): Buffer {
  const parts = [manifest, ...artefactFiles.map((name) => files[name])]
  return Buffer.concat(
    parts.flatMap((part) => {
      const length = Buffer.alloc(lengthBytes)
      length.writeUInt32BE(part.length)
      return [length, part]
    }),
  )
}

/**
 * Takes an artefact apart again.
 *
 * @throws OstiaryError `model.invalid` unless the body is whole, to its last byte
 */
export function unpackArtefact(body: Uint8Array): ArtefactBytes {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength)
  let at = 0
  const parts = ['manifest.json', ...artefactFiles].map((name) => {
    const from = at + lengthBytes
    if (from > body.length || from + view.getUint32(at) > body.length)
      throw new OstiaryError('model.invalid', `Cannot use model: its body ends before "${name}". Publish it again`)
    at = from + view.getUint32(at)
    return body.subarray(from, at)
  })
  if (at !== body.length)
    throw new OstiaryError(
      'model.invalid',
      `Cannot use model: its body has ${body.length - at} bytes too many. Publish it again`,
    )
  const [manifest, ...files] = parts
  const named = artefactFiles.map((name, index) => [name, files[index]!] as const)
  return { manifest: manifest!, files: Object.fromEntries(named) as Record<ArtefactFile, Uint8Array> }
}
