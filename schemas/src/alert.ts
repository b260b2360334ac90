import type { Finding } from './finding.ts'
import { findingSchema } from './finding.ts'

/** What the desk decided about a finding. */
export interface Disposition {
  readonly disposition: 'page' | 'digest' | 'suppressed'
  /** Why, in words: which budget, which rule. */
  readonly disposition_reason: string
}

/** A finding with the one disposition that the desk gave its case. */
export type Alert = Finding & Disposition

interface AlertSchema {
  readonly type: 'record'
  readonly name: 'Alert'
  readonly namespace: 'io.ostiary'
  readonly fields: readonly object[]
}

/** The Avro schema of {@link Alert}: the finding's fields and the desk's two. */
export const alertSchema: AlertSchema = {
  type: 'record',
  name: 'Alert',
  namespace: 'io.ostiary',
  fields: [
    ...findingSchema.fields,
    {
      name: 'disposition',
      type: { type: 'enum', name: 'DispositionKind', symbols: ['page', 'digest', 'suppressed'] },
      ocsf: 'unmapped.ostiary.disposition',
      privacy: 'plain',
    },
    {
      name: 'disposition_reason',
      type: 'string',
      ocsf: 'unmapped.ostiary.disposition_reason',
      privacy: 'plain',
    },
  ],
}
