import { isHashToken } from './name-shape.ts'

/** Roles that AWS IAM Identity Center makes for a permission set: `AWSReservedSSO_<permission set>_<hash>`. */
const permissionSetPrefix = 'AWSReservedSSO_'

/**
 * A role's name without what tells its copies apart: digits and hashes go, the permission set stands for its reserved
 * role. Roles of one pattern do one kind of work, so their holders are peers: `video-api-159-role` -> `video-api-role`.
 */
export function rolePattern(roleName: string): string {
  const stem = permissionSetOf(roleName) ?? roleName
  const words: string[] = []
  for (const token of stem.split(/[^0-9A-Za-z]+/)) {
    if (isHashToken(token.toLowerCase())) continue
    const word = token.replace(/[0-9]+/g, '')
    if (word !== '') words.push(word.toLowerCase())
  }
  return words.join('-')
}

/** The permission set a reserved role stands for, or `undefined`. */
export function permissionSetOf(roleName: string): string | undefined {
  if (!roleName.startsWith(permissionSetPrefix)) return undefined
  const end = roleName.lastIndexOf('_')
  return end > permissionSetPrefix.length ? roleName.slice(permissionSetPrefix.length, end) : undefined
}
