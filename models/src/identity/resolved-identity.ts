import type { IdentityType } from '@ostiary/schemas'

/** Who acted, in clear. Lives in memory only; see {@link resolveIdentity}. */
export interface ResolvedIdentity {
  /** What the identity is keyed by: stable from session to session, from run to run. */
  readonly key: string
  /** The key in the words people use for it, for those entitled to names. */
  readonly name: string
  readonly type: IdentityType
  /** Why this type, in a few words; free of names. */
  readonly evidence: string
  /** Who issued the identity: the role, the account, the directory, the domain. */
  readonly issuer: string
  /** Whose work is alike, unless the user's own context names a team. */
  readonly peerGroup: string
  /** The issuing role's or permission set's name, `''` if none; privilege is read off it. */
  readonly roleName: string
  readonly chained: boolean
}

/** The part of a name after its last slash: the short name of an ARN, a resource id or a resource name. */
export function lastSegment(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1)
}

/**
 * Lower case for ASCII only: email addresses and object ids come in either case, and what Unicode calls lower case
 * changes with the version of Node.
 */
export function lowerAscii(text: string): string {
  return /[A-Z]/.test(text) ? text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : text
}
