/** Why a record was rejected; the value of `reason` in `--rejects`, the dead-letter topic and metrics. A closed list. */
export const rejectReasons = [
  'bytes.truncated', // the stream ended inside a record or a gzip member
  'bytes.oversized', // longer than recordBytesMax
  'bytes.corrupt', // gzip data that does not inflate
  'json.invalid', // not JSON
  'json.too_deep', // nested deeper than depthMax
  'json.not_object', // JSON, but not an object
  'source.unsupported', // no source recognises it
  'record.missing_field', // a field no event can be without is absent
  'record.wrong_type', // a field has another JSON type than its format defines
  'record.invalid_time', // the event time does not parse, is out of range, or lies in the future
  'internal.defect', // the operator failed on it: a defect of ours
  'value.undecodable', // a record of one of our own topics is not in its format
] as const
export type RejectReason = (typeof rejectReasons)[number]

/** Codes of errors that end an operation. A closed list; exit codes follow from it in the command line. */
export const errorCodes = [
  'usage.invalid', // a flag or argument does not make sense
  'config.invalid', // the configuration has an unknown key or a value out of range
  'input.unreadable', // a file or folder cannot be read
  'input.empty', // nothing could be scored
  'state.invalid', // a state file is damaged, or of another key, version or tenant
  'model.invalid', // a model artefact is damaged or does not fit this version
  'model.untrusted', // a model is not signed by a key that is trusted
  'feedback.invalid', // a journal of labels and suppressions is missing or damaged
  'table.invalid', // an enrichment table is damaged
  'key.invalid', // the pseudonymisation key is missing, damaged or readable by others
  'alert.unknown', // no alert or event of that id
  'output.unwritable', // an output file cannot be written
  'kafka.unavailable', // no broker answers, or not in time
  'kafka.refused', // the broker refuses: credentials or access rights
  'topics.invalid', // a topic is missing, or not as its contract says
  'registry.unavailable', // the schema registry does not answer
  'registry.refused', // the schema registry refuses: credentials or rights
  'schema.refused', // the registry holds a schema that ours is not compatible with
  'sink.unavailable', // a receiver of alerts does not take them, or not in time
  'platform.missing', // a program of the machine that is needed is not installed, or fails
  'artefact.missing', // a table that a marker names has not arrived yet
  'internal', // a defect of ours
] as const
export type ErrorCode = (typeof errorCodes)[number]

/** An error that states the action, quotes the value and says whether trying again can help. */
export class OstiaryError extends Error {
  override readonly name = 'OstiaryError'
  readonly code: ErrorCode
  readonly retriable: boolean

  constructor(code: ErrorCode, message: string, options: { retriable?: boolean; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.retriable = options.retriable ?? false
  }
}
