import { riskyLetters } from './risky-letters.ts'

/** A value as JSON that stays one line for every reader and is safe to show on a terminal. Reads back as the same value. */
export function lineJson(value: unknown): string {
  return JSON.stringify(value).replace(
    riskyLetters,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
