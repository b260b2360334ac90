import type { AccessLevel, ClearEvent } from '@ostiary/schemas'
import { awsLevel } from './access-level-aws.ts'
import { googleLevel } from './access-level-google.ts'
import { azureLevel, entraLevel } from './access-level-microsoft.ts'

/**
 * Access levels of AWS actions: IAM prefix -> lower-case action -> level, as AWS's service authorization reference states
 * them. Built by the runtime; other providers say the level in the operation's own name.
 */
export type AccessLevelTable = ReadonlyMap<string, ReadonlyMap<string, AccessLevel>>

/**
 * What an operation may do: list names, read content, write, change permissions, or tag. The table decides, then the
 * operation's verb. What the record itself says corrects both: a call it calls read-only is never a write, and one that
 * only its verb made harmless is a write if the record says so. A sign-in is access to nothing yet: `unknown`.
 */
export function accessLevelOf(event: ClearEvent, table: AccessLevelTable): AccessLevel {
  const { level, certain } = statedLevel(event, table)
  if (event.readOnly === true) return level === 'list' ? 'list' : 'read'
  if (event.readOnly === false && !certain && level !== 'permissions' && level !== 'tagging') {
    return event.kind === 'authentication' ? 'unknown' : 'write'
  }
  return level
}

/** A level and whether a table or a rule of the provider's own naming states it, rather than a verb suggesting it. */
export interface StatedLevel {
  readonly level: AccessLevel
  readonly certain: boolean
}

function statedLevel(event: ClearEvent, table: AccessLevelTable): StatedLevel {
  switch (event.source) {
    case 'aws.cloudtrail':
      return awsLevel(event.service, event.operation, table)
    case 'azure.activity':
      return azureLevel(event.operation)
    case 'entra.audit':
      return entraLevel(event.operation)
    case 'entra.signin':
      return { level: 'unknown', certain: true }
    case 'gcp.audit':
      return googleLevel(event.operation)
  }
}
