import type { Finding } from '@ostiary/schemas'

/** What spans say of an alert. */
export function alertAttributes({
  finding_uid,
  revision,
}: Pick<Finding, 'finding_uid' | 'revision'>): Readonly<Record<string, string | number>> {
  return { 'ostiary.alert.id': finding_uid, 'ostiary.alert.revision': revision }
}
