import { type ErrorCode, OstiaryError } from '@ostiary/schemas'

/** What the command's exit code says. */
export const exitCodes = {
  ok: 0,
  failOn: 1,
  usage: 2,
  input: 3,
  internal: 4,
  interrupted: 130,
} as const

const byCode: Readonly<Record<ErrorCode, number>> = {
  'usage.invalid': exitCodes.usage,
  'config.invalid': exitCodes.usage,
  'state.invalid': exitCodes.usage,
  'model.invalid': exitCodes.usage,
  'model.untrusted': exitCodes.usage,
  'feedback.invalid': exitCodes.usage,
  'table.invalid': exitCodes.usage,
  'key.invalid': exitCodes.usage,
  'alert.unknown': exitCodes.usage,
  'input.unreadable': exitCodes.input,
  'input.empty': exitCodes.input,
  'output.unwritable': exitCodes.input,
  'kafka.unavailable': exitCodes.input,
  'kafka.refused': exitCodes.usage,
  'topics.invalid': exitCodes.usage,
  'registry.unavailable': exitCodes.input,
  'registry.refused': exitCodes.usage,
  'schema.refused': exitCodes.usage,
  'sink.unavailable': exitCodes.input,
  'platform.missing': exitCodes.usage,
  'artefact.missing': exitCodes.input,
  internal: exitCodes.internal,
}

/** The exit code of an error: what is not ours to expect is a defect. */
export function exitCodeOf(error: unknown): number {
  return error instanceof OstiaryError ? byCode[error.code] : exitCodes.internal
}
