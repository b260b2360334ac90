import { createPublicKey, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { artefactIdOf } from '@ostiary/models'
import { OstiaryError } from '@ostiary/schemas'
import type { Config } from '../config/config-schema.ts'
import { dataFolder } from '../files/pseudonym-key.ts'
import { unwritable, writeAtomically } from '../files/write-atomically.ts'
import { readArtefact, starterArtefactFolder } from './artefact-folder.ts'
import { isSignedBy, type ModelSignature, modelKeyIdOf, rawKeyOf } from './model-signature.ts'

/** Keys that a trust file may hold. */
const trustedKeysMax = 64
const trustBytesMax = 64 * 1024
const line = /^ed25519 ([A-Za-z0-9+/]{43}=)(?: ([^\s].{0,99}))?$/

/** A key whose models are trusted. */
export interface TrustedKey {
  readonly id: string
  readonly publicKey: KeyObject
  /** What people call it; may be empty. */
  readonly name: string
}

/** Which models may take effect. */
export interface ModelTrust {
  readonly keys: readonly TrustedKey[]
  /** Whether a model has to be signed: one of the keys' once there is one, or always where the setting says so. */
  readonly required: boolean
  /** Id of the model that ships: it is trusted as a part of the program. */
  readonly starter: string
}

/** Where trusted keys lie unless `modelTrust` says: `model-trust` in the data folder. */
export function trustFileOf({ modelTrust }: Pick<Config, 'modelTrust'>, env: NodeJS.ProcessEnv): string {
  return modelTrust === '' ? join(dataFolder(env, homedir()), 'model-trust') : modelTrust
}

/**
 * Which models a configuration trusts.
 *
 * @throws OstiaryError `key.invalid` for a file that cannot be read, or that holds something else
 */
export async function loadModelTrust(
  config: Pick<Config, 'modelTrust' | 'modelSigning'>,
  env: NodeJS.ProcessEnv,
): Promise<ModelTrust> {
  // A file that was named has to be there; else a slip of the pen would trust everything.
  const keys = readTrustFile(trustFileOf(config, env), config.modelTrust !== '')
  const { manifest } = await readArtefact(starterArtefactFolder())
  const starter = artefactIdOf(JSON.parse(Buffer.from(manifest).toString('utf8')))
  return { keys, required: config.modelSigning === 'required' || keys.length > 0, starter }
}

/**
 * Says whose signature lets a model take effect.
 *
 * @returns the key; `undefined` for one that needs none
 * @throws OstiaryError `model.untrusted`
 */
export function checkTrust(
  { keys, required, starter }: ModelTrust,
  id: string,
  signature: ModelSignature | undefined,
): TrustedKey | undefined {
  if (id === starter) return undefined
  if (signature === undefined) {
    if (!required) return undefined
    throw untrusted(id, 'it is not signed', 'Sign it with "ostiary models sign"')
  }
  const key = keys.find((one) => one.id === signature.key)
  if (key === undefined) {
    if (!required) return undefined
    throw untrusted(
      id,
      `its key ${signature.key} is not trusted`,
      'Trust it with "ostiary models trust", if you know whose it is',
    )
  }
  if (isSignedBy(signature, id, key.publicKey)) return key
  throw untrusted(id, `its signature is not one of key ${key.id} over this model`, 'Do not use it; look who changed it')
}

function untrusted(id: string, why: string, cure: string): OstiaryError {
  return new OstiaryError('model.untrusted', `Cannot trust model ${id}: ${why}. ${cure}`)
}

function readTrustFile(path: string, mustBeThere: boolean): TrustedKey[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    if (!mustBeThere && (cause as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw damaged(path, cause instanceof Error ? cause.message : String(cause))
  }
  if (text.length > trustBytesMax) throw damaged(path, `it has more than ${trustBytesMax} bytes`)
  const keys = text
    .split(/\r?\n/)
    .filter((one) => one !== '' && !one.startsWith('#'))
    .map((one) => {
      const match = line.exec(one)
      if (match === null) throw damaged(path, 'a line is not "ed25519 <key in base64> <name>"')
      const x = Buffer.from(match[1]!, 'base64').toString('base64url')
      const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
      return { id: modelKeyIdOf(publicKey), publicKey, name: match[2] ?? '' }
    })
  if (keys.length > trustedKeysMax) throw damaged(path, `it holds more than ${trustedKeysMax} keys`)
  return keys
}

function damaged(path: string, why: string): OstiaryError {
  return new OstiaryError('key.invalid', `Cannot use trust file "${path}": ${why}`)
}

/**
 * Adds a key to a trust file, which is made where there is none. A key that is there is given the new name.
 *
 * @throws OstiaryError `key.invalid`, `output.unwritable`
 */
export async function trustKey(path: string, publicKey: KeyObject, name: string): Promise<TrustedKey> {
  const key = { id: modelKeyIdOf(publicKey), publicKey, name }
  const keys = [...readTrustFile(path, false).filter(({ id }) => id !== key.id), key]
  if (keys.length > trustedKeysMax) throw damaged(path, `it would hold more than ${trustedKeysMax} keys`)
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  } catch (cause) {
    throw unwritable(path, cause)
  }
  const lines = keys.map((one) => `ed25519 ${rawKeyOf(one.publicKey).toString('base64')} ${one.name}`.trimEnd())
  await writeAtomically(path, Buffer.from(`${lines.join('\n')}\n`, 'utf8'), { mode: 0o600 })
  return key
}
