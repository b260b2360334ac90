import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { closeSync, fstatSync, openSync, readFileSync, writeSync } from 'node:fs'
import { OstiaryError } from '@ostiary/schemas'
import { unwritable } from '../files/write-atomically.ts'
import { modelKeyIdOf } from './model-signature.ts'

/** Bytes of a key file. */
const keyBytesMax = 4096

/**
 * Makes a key pair to sign models with: the private key in `file` (PKCS #8, PEM, mode 0600), the public one in `file` with
 * `.pub` behind it (SPKI, PEM). Never in the place of another file.
 *
 * @returns the id of the key
 * @throws OstiaryError `output.unwritable`
 */
export function makeModelKey(file: string): string {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  writeNew(file, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 0o600)
  writeNew(`${file}.pub`, publicKey.export({ type: 'spki', format: 'pem' }).toString(), 0o644)
  return modelKeyIdOf(publicKey)
}

function writeNew(file: string, text: string, mode: number): void {
  try {
    const descriptor = openSync(file, 'wx', mode)
    try {
      writeSync(descriptor, text)
    } finally {
      closeSync(descriptor)
    }
  } catch (cause) {
    throw unwritable(file, cause)
  }
}

/**
 * A private key to sign models with.
 *
 * @throws OstiaryError `key.invalid` for a file that others may read, or that holds no Ed25519 key
 */
export function readModelKey(file: string): KeyObject {
  return ed25519In(file, 'private', (text) => createPrivateKey(text))
}

/**
 * A public key to check models with.
 *
 * @throws OstiaryError `key.invalid`
 */
export function readPublicModelKey(file: string): KeyObject {
  return ed25519In(file, 'public', (text) => {
    // The other half would be accepted too, and is not to be given around.
    if (text.includes('PRIVATE')) throw new TypeError(`it is a private key; give "${file}.pub"`)
    return createPublicKey(text)
  })
}

function ed25519In(file: string, half: 'private' | 'public', parse: (text: string) => KeyObject): KeyObject {
  try {
    const key = parse(textOf(file, half))
    if (key.asymmetricKeyType !== 'ed25519') throw new TypeError(`it is a key of type ${key.asymmetricKeyType}`)
    return key
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause)
    throw new OstiaryError(
      'key.invalid',
      `Cannot use "${file}" as ${half} key of models: ${detail}. Make one with "ostiary models keygen"`,
      { cause },
    )
  }
}

function textOf(file: string, half: 'private' | 'public'): string {
  const descriptor = openSync(file, 'r')
  try {
    const { mode, size } = fstatSync(descriptor)
    if (size > keyBytesMax) throw new TypeError(`it has ${size} bytes`)
    // Windows has no such bits; Node makes them up.
    if (half === 'private' && (mode & 0o077) !== 0 && process.platform !== 'win32')
      throw new TypeError(
        `others may open it (mode ${(mode & 0o777).toString(8).padStart(4, '0')}); run: chmod 600 ${file}`,
      )
    return readFileSync(descriptor, 'utf8')
  } finally {
    closeSync(descriptor)
  }
}
