import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { OstiaryError } from '@ostiary/schemas'

const name = 'kafka.version'
/** What wrote folders that do not say it. */
const unsaid = '4.3.1'

/** Says in a broker's folder which Kafka its data begins with. A later one leaves it readable for that one. */
export function markDataVersion(folder: string, version: string): void {
  writeFileSync(join(folder, name), `${version}\n`, { mode: 0o600 })
}

/**
 * Refuses data of a later Kafka than the one that is to read it, which would end with no more than a stack of calls.
 *
 * @throws OstiaryError `kafka.unavailable`
 */
export function checkDataVersion(folder: string, version: string): void {
  const file = join(folder, name)
  const found = existsSync(file) ? readFileSync(file, 'utf8').trim() : unsaid
  if (!isLater(found, version)) return
  throw new OstiaryError(
    'kafka.unavailable',
    `Cannot start Kafka ${version} in "${folder}": what lies there was written by Kafka ${found}. Delete the folder and send your files again, or choose another folder`,
  )
}

function isLater(one: string, other: string): boolean {
  const [a, b] = [one, other].map((version) => version.split('.').map(Number))
  const at = a!.findIndex((part, index) => part !== b![index])
  return at >= 0 && !(a![at]! < b![at]!)
}
