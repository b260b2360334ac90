import { riskyLetters } from './risky-letters.ts'

/** A value as JSON that stays one line for every reader and is safe to show on a terminal. Reads back as the same value. */
export function lineJson(value: unknown): string {
  const text = JSON.stringify(value)
  // Hardly a line has such letters, and looking for one costs far less than getting ready to put others in their place.
  if (text.search(riskyLetters) < 0) return text
  return text.replace(riskyLetters, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
