import type { JsonObject } from '../../source.ts'
import { nestedArray, nestedObject } from '../microsoft/nested-value.ts'
import { pick, pickText } from '../microsoft/pick.ts'
import { isObject } from '../read-json.ts'

/** Entra's own words for a second factor that was given now or earlier in the session. */
const satisfied = /\bmfa (?:requirement satisfied|completed|successfully completed)/i

/**
 * Whether a second factor stands behind a sign-in: its steps or its status say that the requirement was satisfied, or it
 * was required and the sign-in succeeded. `false` where one factor sufficed; `undefined` where the record does not say,
 * as when a sign-in failed before the second one.
 */
export function mfaOf(fields: JsonObject, failed: boolean): boolean | undefined {
  const status = nestedObject(pick(fields, ['status', 'Status']))
  if (satisfied.test(pickText(status, ['additionalDetails', 'AdditionalDetails']))) return true
  for (const step of nestedArray(pick(fields, ['authenticationDetails', 'AuthenticationDetails']))) {
    if (!isObject(step) || step['succeeded'] === false) continue
    if (satisfied.test(pickText(step, ['authenticationStepResultDetail']))) return true
  }
  const requirement = pickText(fields, ['authenticationRequirement', 'AuthenticationRequirement']).toLowerCase()
  if (failed) return undefined
  if (requirement === 'multifactorauthentication') return true
  return requirement === 'singlefactorauthentication' ? false : undefined
}
