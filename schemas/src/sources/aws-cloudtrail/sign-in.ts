import type { JsonObject } from '../../source.ts'
import { objectOf, textOf } from '../read-json.ts'

/** Operations of IAM Identity Center by which a person signs in to its portal, or from it to an account. */
const portalOperations: ReadonlySet<string> = new Set(['Authenticate', 'Federate'])

/** Whether a record tells of signing in: to the console, to the access portal, or a step of either. */
export function isSignIn(service: string, operation: string, record: JsonObject): boolean {
  return (
    service === 'signin' ||
    textOf(record['eventType']) === 'AwsConsoleSignIn' ||
    (service === 'sso' && portalOperations.has(operation))
  )
}

/**
 * Whether a sign-in failed. Failures of signing in carry no error code: the answer is in a member of the operation's
 * own name, `responseElements.ConsoleLogin` or, for Identity Center, `serviceEventDetails.CredentialVerification`.
 */
export function signInFailed(operation: string, record: JsonObject): boolean {
  return (
    textOf(objectOf(record['responseElements'])[operation]) === 'Failure' ||
    textOf(objectOf(record['serviceEventDetails'])[operation]) === 'Failure'
  )
}
