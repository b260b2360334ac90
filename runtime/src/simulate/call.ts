import type { Action } from './action-catalogue.ts'
import type { Random } from './random.ts'
import { type CallOutcome, type Session, type SimulatedEvent, writeCall } from './write-record.ts'

/** How often calls fail, as shares of one. */
export interface FailureShares {
  readonly denied: number
  readonly throttled: number
  readonly absent: number
}

/** People meet locked doors more often than programs, which meet limits. */
export const personFailures: FailureShares = { denied: 0.012, throttled: 0.001, absent: 0.006 }
export const programFailures: FailureShares = { denied: 0.002, throttled: 0.004, absent: 0.003 }

/** Answers that mean "there is none", by service. */
const absentErrors: Readonly<Record<string, string>> = {
  s3: 'NoSuchKey',
  iam: 'NoSuchEntityException',
  ec2: 'Client.InvalidInstanceID.NotFound',
  rds: 'DBInstanceNotFound',
  cloudformation: 'ValidationException',
}
const retriesMax = 4

export function deniedError(service: string): string {
  if (service === 'ec2') return 'Client.UnauthorizedOperation'
  return service === 's3' || service === 'sts' || service === 'iam' ? 'AccessDenied' : 'AccessDeniedException'
}

/** One call, with what goes wrong: throttled calls are tried again. Returns when the last try was. */
export function* call(
  session: Session,
  action: Action,
  resource: string,
  atMs: number,
  random: Random,
  shares: FailureShares,
): Generator<SimulatedEvent, number> {
  let triedMs = atMs
  const draw = random.unit()
  if (draw < shares.denied) {
    yield writeCall(session, action, resource, triedMs, random, { errorCode: deniedError(action.service) })
    return triedMs
  }
  if (draw < shares.denied + shares.absent) {
    const errorCode = absentErrors[action.service] ?? 'ResourceNotFoundException'
    yield writeCall(session, action, resource, triedMs, random, { errorCode })
    return triedMs
  }
  if (draw < shares.denied + shares.absent + shares.throttled) {
    const throttled: CallOutcome = {
      errorCode: action.service === 'ec2' ? 'Client.RequestLimitExceeded' : 'ThrottlingException',
      errorMessage: 'Rate exceeded',
    }
    for (let retry = random.between(1, retriesMax); retry > 0; retry--) {
      yield writeCall(session, action, resource, triedMs, random, throttled)
      triedMs += random.range(200, 4000)
    }
  }
  yield writeCall(session, action, resource, triedMs, random)
  return triedMs
}
