import { objectAt, textAt } from '../read-json.js'

/** Operations of IAM Identity Center by which a person signs in to its portal, or from it to an account. */
const portalOperations = new Set(['Authenticate', 'Federate'])
/** Whether a record tells of signing in: to the console, to the access portal, or a step of either. */
export function isSignIn(service, operation, record) {
  return (
    service === 'signin' ||
    textAt(record, 'eventType') === 'AwsConsoleSignIn' ||
    (service === 'sso' && portalOperations.has(operation))
  )
}
/**
 * Whether a sign-in failed. Failures of signing in carry no error code: the answer is in a member of the operation's
 * own name, `responseElements.ConsoleLogin` or, for Identity Center, `serviceEventDetails.CredentialVerification`.
 */
export function signInFailed(operation, record) {
  return (
    textAt(objectAt(record, 'responseElements'), operation) === 'Failure' ||
    textAt(objectAt(record, 'serviceEventDetails'), operation) === 'Failure'
  )
}
//# sourceMappingURL=sign-in.js.map
