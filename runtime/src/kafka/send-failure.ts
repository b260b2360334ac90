/**
 * What to do about a send that failed. `again`: the broker is away or busy, and the same producer may go on, so that what
 * arrived after all is known by its sequence. `anew`: the broker does not know the producer any more. `smaller`: the broker
 * takes no batch of that size. `refused`: trying again does not help.
 */
export type SendFailure = 'again' | 'anew' | 'smaller' | 'refused'

const tooLarge = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'])
const refusedTypes =
  /_AUTHORIZATION_FAILED$|^(?:UNSUPPORTED_SASL_MECHANISM|ILLEGAL_SASL_STATE|SASL_AUTHENTICATION_FAILED)$/
const causesMax = 8

/** Reads a client's error, which wraps what the broker said a few times over. */
export function sendFailureOf(error: unknown): SendFailure {
  let isLasting = false
  for (let cause = error, depth = 0; cause instanceof Error && depth < causesMax; cause = cause.cause, depth++) {
    const { name, type, retriable } = cause as Error & { readonly type?: unknown; readonly retriable?: unknown }
    const word = typeof type === 'string' ? type : ''
    if (tooLarge.has(word)) return 'smaller'
    if (refusedTypes.test(word) || name === 'KafkaJSSASLAuthenticationError') return 'refused'
    // "Number of retries exceeded" says that it cannot be tried again, of errors that can.
    if (name !== 'KafkaJSNumberOfRetriesExceeded' && retriable === false) isLasting = true
    if (retriable === true) return 'again'
  }
  return isLasting ? 'anew' : 'again'
}
