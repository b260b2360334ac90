import { createHash, timingSafeEqual } from 'node:crypto'
import { readSecret } from '@ostiary/runtime/kafka'
import { OstiaryError } from '@ostiary/schemas'

const tokenLengthMin = 16
const tokenLengthMax = 1024
/** What a header may carry as a token (RFC 6750). */
const tokenForm = /^[A-Za-z0-9._~+/-]+=*$/

/**
 * Makes the check of an `Authorization` header. There is no collector without a token: whoever may write records decides
 * what is usual.
 *
 * @throws OstiaryError `config.invalid`
 */
export function bearerToken(
  file: string | undefined,
  env: NodeJS.ProcessEnv,
): (authorization: string | undefined) => boolean {
  const token = file === undefined ? (env['OSTIARY_COLLECTOR_TOKEN'] ?? '') : readSecret('tokenFile', file)
  if (token === '')
    throw new OstiaryError(
      'config.invalid',
      'Cannot take records over HTTP without a token: give --token-file, or set OSTIARY_COLLECTOR_TOKEN',
    )
  if (token.length < tokenLengthMin || token.length > tokenLengthMax || !tokenForm.test(token))
    throw new OstiaryError(
      'config.invalid',
      `Cannot use the token of ${token.length} characters: it needs ${tokenLengthMin} to ${tokenLengthMax} of ` +
        'letters, digits and "-._~+/"; "openssl rand -hex 32" makes one',
    )
  const expected = digestOf(`Bearer ${token}`)
  // Digests are of one length, and tell nothing of how much of a guess was right.
  return (authorization) => timingSafeEqual(digestOf(normalised(authorization ?? '')), expected)
}

/** The scheme's name may be written in any case. */
function normalised(authorization: string): string {
  return authorization.replace(/^bearer +/i, 'Bearer ')
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
