import { readFileSync } from 'node:fs'
import { type CommandFolder, expectCode, type Json, jsonLines } from './command.ts'

/** A record of the invented organisation as far as tests look at it. */
export interface CloudTrailJson extends Json {
  readonly eventID: string
  readonly eventTime: string
  readonly sourceIPAddress: string
  readonly userIdentity: { readonly principalId?: string; readonly arn?: string; readonly userName?: string }
}

/** Writes the organisation that most tests read: 10 days of 40 identities, about 12,000 records. */
export async function writeOrganisation(folder: CommandFolder, name = 'org.ndjson'): Promise<CloudTrailJson[]> {
  expectCode(await folder.run(['simulate', '--identities', '40', '--days', '10', '--out', name]), 0)
  return recordsOf(folder, name)
}

export function recordsOf(folder: CommandFolder, name: string): CloudTrailJson[] {
  return jsonLines(readFileSync(folder.at(name), 'utf8')) as CloudTrailJson[]
}

export function ndjson(records: readonly unknown[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('')
}
