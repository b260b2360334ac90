/** Frames that are told: the innermost say where it was. */
const framesMax = 12

/** What kind of error came about, and where. */
export interface ErrorPlace {
  readonly kind: string
  readonly at: readonly string[]
}

/**
 * What a log may tell of an error that came about while a record was worked on: not its message, which may quote the record,
 * and not what else it carries.
 */
export function errorPlace(error: unknown): ErrorPlace {
  if (!(error instanceof Error)) return { kind: typeof error, at: [] }
  const { name, message, stack = '' } = error
  // The stack begins with the message, which may look like a frame itself.
  const begin = stack.indexOf(message)
  const at = (begin < 0 ? '' : stack.slice(begin + message.length))
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '))
  return { kind: name, at: at.slice(0, framesMax) }
}
