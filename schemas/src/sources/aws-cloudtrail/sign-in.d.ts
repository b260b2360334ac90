import type { JsonObject } from '../../source.ts'
/** Whether a record tells of signing in: to the console, to the access portal, or a step of either. */
export declare function isSignIn(service: string, operation: string, record: JsonObject): boolean
/**
 * Whether a sign-in failed. Failures of signing in carry no error code: the answer is in a member of the operation's
 * own name, `responseElements.ConsoleLogin` or, for Identity Center, `serviceEventDetails.CredentialVerification`.
 */
export declare function signInFailed(operation: string, record: JsonObject): boolean
//# sourceMappingURL=sign-in.d.ts.map
