/**
 * Letters that JSON lets stand as they are, but that end a line for some readers (U+0085, U+2028, U+2029), make a terminal
 * act (U+007F to U+009F) or turn the order of what is shown (the bidirectional ones). A fixed list, so that every
 * version of Node writes the same bytes.
 */
const risky = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g

/** A value as JSON that stays one line for every reader and is safe to show on a terminal. Reads back as the same value. */
export function lineJson(value: unknown): string {
  return JSON.stringify(value).replace(risky, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
