import type { RawItem } from './raw-item.ts'
import { RecordSplitter, type RecordSplitterOptions } from './record-splitter.ts'

/** An item as plain values. */
export interface Seen {
  readonly kind: string
  readonly index: number
  readonly byteOffset: number
  readonly text: string
  readonly length: number
}

/** Items as values, copied at once, as a record's bytes are valid until the next batch only. */
export function see(item: RawItem): Seen {
  const { index, byteOffset } = item
  if (item.kind === 'record') {
    return { kind: 'record', index, byteOffset, text: item.bytes.toString('latin1'), length: item.bytes.length }
  }
  return { kind: item.reason, index, byteOffset, text: item.head.toString('latin1'), length: item.length }
}

/** What the splitter makes of an input that comes in chunks; `cuts` are the places between them. */
export function split(
  input: string | Buffer,
  cuts: readonly number[] = [],
  options: RecordSplitterOptions = {},
): Seen[] {
  const bytes = Buffer.from(input)
  const splitter = new RecordSplitter(options)
  const seen: Seen[] = []
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b)
  let from = 0
  for (const to of [...places, bytes.length]) {
    // A chunk of its own, overwritten afterwards: nothing may be left of it in what comes later.
    const chunk = Buffer.from(bytes.subarray(from, to))
    seen.push(...splitter.push(chunk).map(see))
    chunk.fill(0x58)
    from = to
  }
  seen.push(...splitter.end().map(see))
  return seen
}

export const kinds = (seen: readonly Seen[]): string[] => seen.map((item) => `${item.kind} ${item.text}`)
export const everyByte = (input: string): number[] =>
  Array.from({ length: Buffer.byteLength(input) }, (_, place) => place)
