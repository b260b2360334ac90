import type { Privilege } from '@ostiary/schemas'

const limited = ['readonly', 'viewonly', 'viewer', 'reader', 'audit', 'billing']
const admin = ['administrator', 'globaladmin', 'superuser', 'root', 'fullaccess']
const privileged = ['poweruser', 'breakglass', 'emergency', 'security', 'privileged', 'elevated']

/**
 * The privilege that a role's or permission set's name promises: a guess from words, used only where the user's own
 * context says nothing. Words that limit come first: `AdminReadOnly` only reads.
 */
export function privilegeOfName(roleName: string): Privilege {
  if (roleName === '') return 'unknown'
  const letters = roleName.toLowerCase().replace(/[^a-z]/g, '')
  if (limited.some((word) => letters.includes(word))) return 'standard'
  if (admin.some((word) => letters.includes(word)) || hasWord(roleName, 'admin')) return 'admin'
  return privileged.some((word) => letters.includes(word)) ? 'privileged' : 'unknown'
}

/** Whether a word stands by itself: between separators, or begun by a capital. */
function hasWord(name: string, word: string): boolean {
  const words = name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()
  return words.split(/[^a-z]+/).some((found) => found === word || found === `${word}s`)
}
