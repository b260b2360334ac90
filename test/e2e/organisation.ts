import { readFileSync } from 'node:fs'
import { type CommandFolder, expectCode, type Json, jsonLines } from './command.ts'

/** A record of the invented organisation as far as tests look at it. */
export interface CloudTrailJson extends Json {
  readonly eventID: string
  readonly eventTime: string
  readonly sourceIPAddress: string
  readonly userIdentity: {
    readonly principalId?: string
    readonly arn?: string
    readonly userName?: string
    readonly accessKeyId?: string
  }
}

/** Writes the organisation that most tests read: 7 days of 30 identities, about 7,000 records. */
export async function writeOrganisation(folder: CommandFolder, name = 'org.ndjson'): Promise<CloudTrailJson[]> {
  expectCode(await folder.run(['simulate', '--identities', '30', '--days', '7', '--out', name]), 0)
  return recordsOf(folder, name)
}

export function recordsOf(folder: CommandFolder, name: string): CloudTrailJson[] {
  return jsonLines(readFileSync(folder.at(name), 'utf8')) as CloudTrailJson[]
}

export function ndjson(records: readonly unknown[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('')
}

/** What tells who somebody is: names of people and of what they use, their addresses, their keys. */
export function clearNames(records: readonly CloudTrailJson[]): Set<string> {
  const names = new Set<string>()
  const add = (text: unknown): void => {
    if (typeof text === 'string' && text.length >= 6) names.add(text)
  }
  for (const { userIdentity, sourceIPAddress } of records) {
    if (/^[0-9a-f.:]+$/.test(sourceIPAddress)) add(sourceIPAddress)
    const { principalId, userName, arn, accessKeyId } = userIdentity
    // A service's own session is named for the service, which is no person.
    const session = principalId?.split(':')[1]
    if (session?.includes('@')) {
      add(session)
      add(session.split('@')[0])
    }
    if (userName?.includes('.')) add(userName)
    if (arn?.includes(':user/')) add(arn)
    add(accessKeyId)
  }
  return names
}
