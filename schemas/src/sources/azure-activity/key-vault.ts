import { type ClearResource, resourcesMax } from '../../clear-event.ts'
import type { JsonObject } from '../../source.ts'
import { pickText } from '../microsoft/pick.ts'
import { lowerId } from '../microsoft/plain-text.ts'

/** The category of a key vault's own log, which diagnostic settings deliver beside the Activity Log. */
export const keyVaultCategory = 'AuditEvent'

/** Whether an operation of a key vault (`SecretGet`, `KeySign`) changes nothing; `undefined` where its name tells not. */
export function keyVaultReadOnly(operation: string): boolean | undefined {
  if (/(?:Get|List|ListVersions|GetDeleted|ListDeleted|Backup)$/.test(operation)) return true
  return /(?:Set|Put|Patch|Create|Import|Delete|Purge|Recover|Restore|Update|Rotate)$/.test(operation)
    ? false
    : undefined
}

/**
 * The secret, key or certificate an operation names, without its version; the address it comes from may carry a query
 * and is not kept.
 */
export function keyVaultItem(vault: ClearResource | undefined, properties: JsonObject): readonly ClearResource[] {
  const held = vault === undefined ? [] : [vault]
  const address = pickText(properties, ['id', 'requestUri'])
  const found = /^https:\/\/[^/?#]+\/(secrets|keys|certificates)\/([A-Za-z0-9-]{1,127})(?:[/?#]|$)/.exec(address)
  if (found === null || vault === undefined) return held
  const uid = `${vault.uid}/${found[1]!}/${lowerId(found[2]!)}`
  return [{ uid, type: `${vault.type}/${found[1]!}`, accountUid: vault.accountUid }, ...held].slice(0, resourcesMax)
}
