/** What `parseRecord` answers for bytes that are not JSON; no JSON value can be equal to it. */
export const invalidJson: unique symbol = Symbol('invalid JSON')

/**
 * The JSON value of a record's bytes, or `invalidJson`. Never throws. Bytes that are not UTF-8 become U+FFFD, as an invalid
 * character in one string is no reason to lose an audit record.
 */
export function parseRecord(bytes: Buffer): unknown | typeof invalidJson {
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown
  } catch {
    return invalidJson
  }
}
