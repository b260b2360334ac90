import type { Finding } from '@ostiary/schemas'

/** Most reasons a title tells. */
const titleReasonsMax = 2
/** Letters of a pseudonym that are enough to tell identities of one list apart. */
const shortUidLength = 7

type Titled = Pick<Finding, 'identity_type' | 'identity_uid' | 'reasons' | 'policies'>

/**
 * One line that says who did what: "human id-7f3a…: first use of iam:CreateAccessKey in 41 days, first time from AS14061
 * (Example Hosting)". Policies come first, then the reasons with the most bits.
 *
 * @param name what to call the identity; its shortened pseudonym unless given
 */
export function describeAlertTitle(finding: Titled, name: string = shortUid(finding.identity_uid)): string {
  const { identity_type: type, policies, reasons } = finding
  const facts = reasons.filter((reason) => policies.includes(reason.detection))
  const others = reasons.filter((reason) => !policies.includes(reason.detection))
  const heads = [...facts, ...others].slice(0, titleReasonsMax).map((reason) => headOf(reason.words))
  return `${type.replaceAll('_', ' ')} ${name}: ${heads.join(', ') || 'unusual activity'}`
}

function shortUid(uid: string): string {
  return uid.length > shortUidLength ? `${uid.slice(0, shortUidLength)}…` : uid
}

/** The part of a reason before its measure: what it is compared with is told in the alert itself. */
function headOf(words: string): string {
  const end = words.search(
    /;|,? in the \d+ days? it has been known|,? by an identity known|,? (?:for the first time )?by this identity|, where /,
  )
  return end < 0 ? words : words.slice(0, end)
}
