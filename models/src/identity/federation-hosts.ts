/** What kind of caller an issuer of web identities vouches for. */
export type FederationKind = 'ci' | 'workload' | 'person' | 'end_user' | 'unknown'

interface FederationRule {
  /** A host, matched whole, or with a leading dot as a suffix. */
  readonly host: string
  readonly kind: FederationKind
  readonly evidence: string
}

/**
 * Issuers of OIDC tokens, from the makers' own documentation of workload identity. First match holds. A host can be
 * trusted as evidence because the cloud has checked the token's signature against it; a role's or session's name can not.
 */
const rules: readonly FederationRule[] = [
  { host: 'token.actions.githubusercontent.com', kind: 'ci', evidence: 'GitHub OIDC' },
  { host: '.ghe.com', kind: 'ci', evidence: 'GitHub OIDC' },
  { host: 'gitlab.com', kind: 'ci', evidence: 'GitLab OIDC' },
  { host: 'oidc.circleci.com', kind: 'ci', evidence: 'CircleCI OIDC' },
  { host: 'agent.buildkite.com', kind: 'ci', evidence: 'Buildkite OIDC' },
  { host: 'api.bitbucket.org', kind: 'ci', evidence: 'Bitbucket Pipelines OIDC' },
  { host: 'vstoken.dev.azure.com', kind: 'ci', evidence: 'Azure DevOps OIDC' },
  { host: 'app.terraform.io', kind: 'ci', evidence: 'HCP Terraform OIDC' },
  { host: 'api.pulumi.com', kind: 'ci', evidence: 'Pulumi Cloud OIDC' },
  { host: '.app.spacelift.io', kind: 'ci', evidence: 'Spacelift OIDC' },
  { host: '.semaphoreci.com', kind: 'ci', evidence: 'Semaphore OIDC' },
  { host: 'oidc.codefresh.io', kind: 'ci', evidence: 'Codefresh OIDC' },
  { host: 'app.harness.io', kind: 'ci', evidence: 'Harness OIDC' },
  { host: 'oidc.vercel.com', kind: 'workload', evidence: 'Vercel OIDC' },
  { host: 'oidc.fly.io', kind: 'workload', evidence: 'Fly.io OIDC' },
  { host: 'container.googleapis.com', kind: 'workload', evidence: 'GKE OIDC' },
  { host: '.oic.prod-aks.azure.com', kind: 'workload', evidence: 'AKS OIDC' },
  { host: 'cognito-identity.amazonaws.com', kind: 'end_user', evidence: 'Cognito identity pool' },
  { host: 'graph.facebook.com', kind: 'end_user', evidence: 'Facebook login' },
  { host: 'www.amazon.com', kind: 'end_user', evidence: 'Amazon login' },
  { host: 'appleid.apple.com', kind: 'end_user', evidence: 'Apple login' },
  { host: 'accounts.google.com', kind: 'person', evidence: 'Google OIDC' },
  { host: 'sts.windows.net', kind: 'person', evidence: 'Entra OIDC' },
  { host: 'login.microsoftonline.com', kind: 'person', evidence: 'Entra OIDC' },
  { host: '.okta.com', kind: 'person', evidence: 'Okta OIDC' },
  { host: '.oktapreview.com', kind: 'person', evidence: 'Okta OIDC' },
  { host: '.auth0.com', kind: 'person', evidence: 'Auth0 OIDC' },
  { host: '.onelogin.com', kind: 'person', evidence: 'OneLogin OIDC' },
]

const none: { kind: FederationKind; evidence: string } = { kind: 'unknown', evidence: 'web identity' }

/**
 * The kind of caller behind a federation: an issuer's host, its URL, or the ARN of an OIDC or SAML provider.
 * A self-hosted GitLab or GitHub keeps its maker's path or first label, which is enough to know it.
 */
export function federationKind(federation: string): { readonly kind: FederationKind; readonly evidence: string } {
  if (federation.includes(':saml-provider/')) return { kind: 'person', evidence: 'SAML provider' }
  const issuer = issuerOf(federation)
  const slash = issuer.indexOf('/')
  const host = slash < 0 ? issuer : issuer.slice(0, slash)
  for (const rule of rules) {
    if (rule.host.startsWith('.') ? host.endsWith(rule.host) : host === rule.host) return rule
  }
  if (/^oidc\.eks\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?$/.test(host) || host.startsWith('oidc-eks.')) {
    return { kind: 'workload', evidence: 'EKS OIDC' }
  }
  if (host.startsWith('gitlab.')) return { kind: 'ci', evidence: 'GitLab OIDC' }
  if (issuer.endsWith('/_services/token')) return { kind: 'ci', evidence: 'GitHub OIDC' }
  if (host.startsWith('jenkins.')) return { kind: 'ci', evidence: 'Jenkins OIDC' }
  return none
}

/**
 * The issuer without the ARN, scheme or subject around it: `arn:aws:iam::1:oidc-provider/host/path:audience:subject` ->
 * `host/path`.
 */
export function issuerOf(federation: string): string {
  const marker = ':oidc-provider/'
  const at = federation.indexOf(marker)
  const bare = at < 0 ? federation.replace(/^https?:\/\//, '') : federation.slice(at + marker.length)
  return bare.toLowerCase().split(':', 1)[0] ?? ''
}

/** How the subjects begin that name a repository, a project, a workspace or a service account. */
const subjectMarkers = ['repo:', 'project_path:', 'organization:', 'system:serviceaccount:'] as const

/** The subject at the end of an AWS principal id, `<issuer or provider ARN>:<audience>:<subject>`. */
export function subjectOf(principalId: string): string {
  for (const marker of subjectMarkers) {
    const at = principalId.indexOf(marker)
    if (at === 0 || (at > 0 && principalId[at - 1] === ':')) return principalId.slice(at)
  }
  const audience = ':sts.amazonaws.com:'
  const at = principalId.indexOf(audience)
  return at < 0 ? principalId.slice(principalId.lastIndexOf(':') + 1) : principalId.slice(at + audience.length)
}

/**
 * What stays the same in a token's subject from run to run: the repository or project, not its branch, tag, environment,
 * pull request or run. `repo:example/app:ref:refs/heads/main` -> `repo:example/app`.
 */
export function stableSubject(subject: string): string {
  const parts = subject.split(':')
  if (parts[0] === 'repo' || parts[0] === 'project_path') return parts.slice(0, 2).join(':')
  if (parts[0] === 'organization') return parts.slice(0, 4).join(':')
  const user = subject.indexOf('/user/')
  return user < 0 ? subject : subject.slice(0, user)
}
