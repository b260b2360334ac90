import {
  type AssetRow,
  type Context,
  contextRowsMax,
  type IdentityRow,
  type IndicatorRow,
  parseNetwork,
} from '@ostiary/models'
import { z } from 'zod'

/** Characters of a pattern or name. */
const textLengthMax = 512

const text = z.string().trim().min(1).max(textLengthMax)
const label = z.string().trim().max(textLengthMax)

const timeZone = label.refine((zone) => zone === '' || isTimeZone(zone), {
  error: 'expected an IANA time zone such as Europe/Berlin',
})

const identity = z
  .strictObject({
    match: text,
    team: label.default(''),
    zone: timeZone.default(''),
    privilege: z.enum(['unknown', 'standard', 'privileged', 'admin']).default('unknown'),
  })
  .transform((row): IdentityRow => row)

const asset = z.strictObject({ pattern: text, criticality: z.int().min(0).max(4) }).transform((row): AssetRow => row)

const indicator = z
  .strictObject({
    value: text.refine((value) => /^as\d{1,10}$/i.test(value) || parseNetwork(value) !== undefined, {
      error: 'expected an IP address, a network such as 192.0.2.0/24 or an AS such as AS64500',
    }),
    name: text,
    network_type: z.enum(['unknown', 'access', 'cloud', 'hosting', 'vpn', 'tor']).default('unknown'),
  })
  .transform((row): IndicatorRow => ({ value: row.value, name: row.name, networkType: row.network_type }))

/** A context file in JSON or YAML: any of the three lists. Unknown keys are refused, so a misspelt one is noticed. */
export const contextFileSchema: z.ZodType<Context> = z.strictObject({
  identities: z.array(identity).max(contextRowsMax).default([]),
  assets: z.array(asset).max(contextRowsMax).default([]),
  indicators: z.array(indicator).max(contextRowsMax).default([]),
})

/** Which list a CSV file holds, by the column that only this list has. */
export const listByColumn: Readonly<Record<string, 'identities' | 'assets' | 'indicators'>> = {
  match: 'identities',
  pattern: 'assets',
  value: 'indicators',
}

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}
