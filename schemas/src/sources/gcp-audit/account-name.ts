/** What an email of Google Cloud says by its domain. */

const serviceAccountDomain = '.gserviceaccount.com'

/** Whether an email is a service account's. */
export function isServiceAccount(email: string): boolean {
  return email.endsWith(serviceAccountDomain)
}

/**
 * Whether an email is a service agent's: an account by which a Google service itself works in a project, such as
 * `service-123@gcf-admin-robot.iam.gserviceaccount.com`. No customer can take such a name.
 */
export function isServiceAgent(email: string): boolean {
  if (email === 'system@google.com') return true
  if (!isServiceAccount(email)) return false
  const at = email.lastIndexOf('@')
  const domain = email.slice(at + 1)
  if (domain === 'cloudservices.gserviceaccount.com' || domain === 'system.gserviceaccount.com') return true
  return domain.startsWith('gcp-sa-') || /^service-[0-9]+$/.test(email.slice(0, at))
}

/** The project that owns a service account, `''` where its name does not say: `app@project.iam.gserviceaccount.com`. */
export function projectOf(email: string): string {
  const match = /@([a-z0-9.:-]+)\.iam\.gserviceaccount\.com$/.exec(email)
  if (match?.[1] !== undefined) return isServiceAgent(email) ? '' : match[1]
  return /@([a-z0-9-]+)\.svc\.id\.goog/.exec(email)?.[1] ?? /^([a-z0-9-]+)\.svc\.id\.goog\[/.exec(email)?.[1] ?? ''
}

/** Domain of a person's email in lower case; `''` for service accounts and names without one. */
export function personDomainOf(email: string): string {
  const at = email.lastIndexOf('@')
  return at < 1 || isServiceAccount(email) ? '' : email.slice(at + 1).toLowerCase()
}
