import { describeAlertTitle, tacticNames, techniques } from '@ostiary/models'
import { type AttackNames, type NameOf, toDetectionFinding, toFlat } from '@ostiary/schemas'
import { lineJson } from './line-json.ts'
import type { AlertLine } from './sink.ts'

/** Version of the matrix that the names are from. */
const attackVersion = '17'

const attackNames: AttackNames = {
  version: attackVersion,
  tactic: (uid) => (Object.hasOwn(tacticNames, uid) ? tacticNames[uid] : undefined),
  technique: (uid) => (Object.hasOwn(techniques, uid) ? techniques[uid]?.name : undefined),
}

export interface AlertLineOptions {
  /** `ocsf`: a Detection Finding; `flat`: Ostiary's own fields at top level. */
  readonly format: 'ocsf' | 'flat'
  readonly productVersion: string
  /** Shows names in the place of the identity's pseudonym, to readers who may know them. */
  readonly nameOf?: NameOf | undefined
}

/** Makes lines of alerts. */
export function alertLineOf({ format, productVersion, nameOf }: AlertLineOptions): AlertLine {
  const names = nameOf === undefined ? {} : { nameOf }
  return (alert) => {
    const title = describeAlertTitle(alert, nameOf?.(alert.identity_uid))
    return lineJson(
      format === 'flat'
        ? toFlat(alert, title, nameOf)
        : toDetectionFinding(alert, { productVersion, title, attackNames, ...names }),
    )
  }
}
