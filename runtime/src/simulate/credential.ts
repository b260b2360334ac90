import { formatTime } from './calendar.ts'
import type { Fields, UserIdentity } from './cloudtrail-record.ts'
import type { Random } from './random.ts'
import { accessKeyId } from './request-parameters.ts'

/** Who a caller is to AWS, for as long as a simulation lasts. */
export type Principal =
  | { readonly kind: 'user'; readonly name: string; readonly accountId: string; readonly uid: string; keyId: string }
  | { readonly kind: 'role'; readonly name: string; readonly accountId: string; readonly uid: string }

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

export function createUser(name: string, accountId: string, random: Random): Principal & { readonly kind: 'user' } {
  return {
    kind: 'user',
    name,
    accountId,
    uid: `AIDA${random.text(17, alphabet)}`,
    keyId: accessKeyId('AKIA', random),
  }
}

/** `name` may have a path: `aws-reserved/sso.amazonaws.com/AWSReservedSSO_Developer_0123456789abcdef`. */
export function createRole(name: string, accountId: string, random: Random): Principal & { readonly kind: 'role' } {
  return { kind: 'role', name, accountId, uid: `AROA${random.text(17, alphabet)}` }
}

export interface SessionFacts {
  readonly startMs: number
  readonly mfa: boolean
  /** The name after the last slash of a role session's ARN. */
  readonly sessionName: string
  readonly webIdentity?: Fields
  /** `1.0` or `2.0`: the session's keys came from an instance's metadata service. */
  readonly roleDelivery?: string
  readonly invokedBy?: string
  readonly sourceIdentity?: string
}

/** A user calling with a long-term access key. */
export function keyIdentity(user: Principal & { readonly kind: 'user' }): UserIdentity {
  return {
    type: 'IAMUser',
    principalId: user.uid,
    arn: `arn:aws:iam::${user.accountId}:user/${user.name}`,
    accountId: user.accountId,
    accessKeyId: user.keyId,
    userName: user.name,
  }
}

/** A user in the console: a session's key, with or without a second factor. */
export function consoleIdentity(
  user: Principal & { readonly kind: 'user' },
  session: SessionFacts,
  random: Random,
): UserIdentity {
  return {
    ...keyIdentity(user),
    accessKeyId: accessKeyId('ASIA', random),
    sessionContext: {
      attributes: { creationDate: formatTime(session.startMs), mfaAuthenticated: session.mfa ? 'true' : 'false' },
    },
  }
}

/** A session of a role. */
export function roleIdentity(
  role: Principal & { readonly kind: 'role' },
  session: SessionFacts,
  random: Random,
): UserIdentity {
  const bareName = role.name.slice(role.name.lastIndexOf('/') + 1)
  const { webIdentity, roleDelivery, sourceIdentity, invokedBy } = session
  return {
    type: 'AssumedRole',
    principalId: `${role.uid}:${session.sessionName}`,
    arn: `arn:aws:sts::${role.accountId}:assumed-role/${bareName}/${session.sessionName}`,
    accountId: role.accountId,
    accessKeyId: accessKeyId('ASIA', random),
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: role.uid,
        arn: `arn:aws:iam::${role.accountId}:role/${role.name}`,
        accountId: role.accountId,
        userName: bareName,
      },
      ...(webIdentity === undefined ? {} : { webIdFederationData: webIdentity }),
      attributes: { creationDate: formatTime(session.startMs), mfaAuthenticated: session.mfa ? 'true' : 'false' },
      ...(roleDelivery === undefined ? {} : { ec2RoleDelivery: roleDelivery }),
      ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
    },
    ...(invokedBy === undefined ? {} : { invokedBy }),
  }
}

export function rootIdentity(accountId: string, startMs: number, mfa: boolean, random: Random): UserIdentity {
  return {
    type: 'Root',
    principalId: accountId,
    arn: `arn:aws:iam::${accountId}:root`,
    accountId,
    accessKeyId: accessKeyId('ASIA', random),
    sessionContext: {
      attributes: { creationDate: formatTime(startMs), mfaAuthenticated: mfa ? 'true' : 'false' },
    },
  }
}

export function serviceIdentity(host: string): UserIdentity {
  return { type: 'AWSService', invokedBy: host }
}
