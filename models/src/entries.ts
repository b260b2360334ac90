/**
 * A state in pieces, each under a name of its own, so that only what changed needs to be saved. The changes of every save so
 * far, the last one of each name, are the whole state; their order, by the last save of each, is part of it.
 */
export interface EntryStore {
  /** Layout of the entries; entries of another layout are refused. */
  readonly layout: string
  /** What changed since the last call, by name; `null` for what is gone. */
  takeChanges(): ReadonlyMap<string, Uint8Array | null>
}

/** Pieces of text or bytes that are longer than an entry may be: `<name>/0`, `<name>/1`, … */
export const entryBytesMax: number = 512 * 1024

/** A value as JSON in UTF-8. */
export function jsonEntry(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value), 'utf8')
}

/**
 * The value of an entry that `jsonEntry` made.
 *
 * @throws TypeError where it is missing, SyntaxError where it is no JSON
 */
export function parseEntry(entries: ReadonlyMap<string, Uint8Array>, name: string): unknown {
  const bytes = entries.get(name)
  if (bytes === undefined) throw new TypeError(`Cannot restore: entry "${name}" is missing`)
  return JSON.parse(Buffer.from(bytes).toString('utf8'))
}

/** Bytes in pieces of at most `entryBytesMax`; one at least. */
export function piecesOf(bytes: Uint8Array): Uint8Array[] {
  const pieces: Uint8Array[] = []
  for (let at = 0; at === 0 || at < bytes.length; at += entryBytesMax)
    pieces.push(bytes.subarray(at, at + entryBytesMax))
  return pieces
}
