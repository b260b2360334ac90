import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { canonicalJson, OstiaryError } from '@ostiary/schemas'
import { writeAtomically } from '../files/write-atomically.ts'

/** The file beside an artefact's manifest that holds its signature. It is no part of the artefact's id. */
export const signatureName = 'signature.json'
/** Bytes of such a file that are read at most. */
const signatureBytesMax = 4096

/** Who vouches for an artefact. A signature over its id is one over every byte of it. */
export interface ModelSignature {
  readonly version: 1
  /** Id of the artefact. */
  readonly artefact: string
  /** Id of the key: the first 16 hex digits of the SHA-256 of its 32 bytes. */
  readonly key: string
  /** Ed25519, base64. */
  readonly signature: string
}

/** Signs an artefact by its id with an Ed25519 key. */
export function signModel(artefact: string, privateKey: KeyObject): ModelSignature {
  const key = modelKeyIdOf(createPublicKey(privateKey))
  return { version: 1, artefact, key, signature: sign(null, signedText(artefact), privateKey).toString('base64') }
}

/** Whether the signature is this key's, over this artefact. */
export function isSignedBy({ artefact, signature }: ModelSignature, id: string, publicKey: KeyObject): boolean {
  return artefact === id && verify(null, signedText(id), publicKey, Buffer.from(signature, 'base64'))
}

/** A name for a public key. */
export function modelKeyIdOf(publicKey: KeyObject): string {
  return createHash('sha256').update(rawKeyOf(publicKey)).digest('hex').slice(0, 16)
}

/** The 32 bytes of an Ed25519 public key. */
export function rawKeyOf(publicKey: KeyObject): Buffer {
  return Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')
}

/** What is signed begins with words of its own, so that no signature made for something else can pass for one of these. */
function signedText(artefact: string): Buffer {
  return Buffer.from(`ostiary-model-signature-1\n${artefact}\n`, 'utf8')
}

/** A signature in one line, as a marker carries it; `''` for none. */
export function signatureText(signature: ModelSignature | undefined): string {
  return signature === undefined ? '' : `${signature.key}:${signature.signature}`
}

/** The signature of a marker; `undefined` where there is none, or none that can be read. */
export function signatureOfText(artefact: string, text: string): ModelSignature | undefined {
  const match = /^([0-9a-f]{16}):([A-Za-z0-9+/]{86}==)$/.exec(text)
  return match === null ? undefined : { version: 1, artefact, key: match[1]!, signature: match[2]! }
}

/**
 * The signature in an artefact's folder; `undefined` where there is none.
 *
 * @throws OstiaryError `model.untrusted` for a file that is no signature
 */
export async function readSignature(folder: string): Promise<ModelSignature | undefined> {
  const path = join(folder, signatureName)
  let bytes: Buffer
  try {
    bytes = await readFile(path)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw unreadable(path, cause)
  }
  if (bytes.length > signatureBytesMax) throw unreadable(path, undefined)
  let given: Partial<ModelSignature> | null
  try {
    given = JSON.parse(bytes.toString('utf8')) as Partial<ModelSignature> | null
  } catch (cause) {
    throw unreadable(path, cause)
  }
  const { artefact, key, signature } = given ?? {}
  const read = given?.version === 1 ? signatureOfText(String(artefact), `${key}:${signature}`) : undefined
  if (read === undefined || !/^[0-9a-f]{64}$/.test(read.artefact)) throw unreadable(path, undefined)
  return read
}

function unreadable(path: string, cause: unknown): OstiaryError {
  const detail = cause instanceof Error ? `: ${cause.message}` : ''
  return new OstiaryError(
    'model.untrusted',
    `Cannot use signature "${path}"${detail}. Sign the model anew with "ostiary models sign"`,
    { cause },
  )
}

/** @throws OstiaryError `output.unwritable` */
export async function writeSignature(folder: string, signature: ModelSignature): Promise<void> {
  await writeAtomically(join(folder, signatureName), Buffer.from(`${canonicalJson(signature)}\n`), { mode: 0o644 })
}
