import { createHash } from 'node:crypto'
import { canonicalSha256 } from '@ostiary/schemas'
import type { AccessLevelTable } from './access-level.ts'
import type { AddressTable } from './address-table.ts'
import { emptyAddressTable } from './address-table.ts'
import { type Context, emptyContext } from './context.ts'
import { networkMarks } from './network-marks.ts'
import { browserRules, familyRules, osRules } from './user-agent-families.ts'

/** Everything enrichment looks up. Immutable; `id` names its content, so an alert can say what it was enriched with. */
export interface EnrichmentTables {
  /** SHA-256, 64 hex digits, over the hashes of its parts; the `tables` of findings and summaries. */
  readonly id: string
  readonly address: AddressTable
  readonly accessLevels: AccessLevelTable
  readonly context: Context
}

/** The parts that are data, with the SHA-256 of each one's bytes. */
export interface TableParts {
  readonly address: { readonly sha256: string; readonly table: AddressTable }
  readonly accessLevels: { readonly sha256: string; readonly table: AccessLevelTable }
  readonly context: Context
}

/** Names the tables by their content; the lists in the code (network marks, user agents) count as tables too. */
export function combineTables(parts: TableParts): EnrichmentTables {
  const id = canonicalSha256({
    access_levels: parts.accessLevels.sha256,
    address: parts.address.sha256,
    context: canonicalSha256(parts.context),
    network_marks: canonicalSha256(networkMarks),
    user_agents: canonicalSha256({ browserRules, familyRules, osRules }),
  })
  return {
    id,
    address: parts.address.table,
    accessLevels: parts.accessLevels.table,
    context: parts.context,
  }
}

/** Tables without addresses, access levels or context: what is left are the lists in the code. */
export function emptyTables(context: Context = emptyContext): EnrichmentTables {
  const sha256 = createHash('sha256').digest('hex')
  return combineTables({
    address: { sha256, table: emptyAddressTable },
    accessLevels: { sha256, table: new Map() },
    context,
  })
}
