import type { CloudTrailRecord } from '@ostiary/runtime'

/** A record of CloudTrail as it was captured. */
export type RawRecord = Readonly<Record<string, unknown>> & { readonly eventTime: string; readonly eventID: string }

export interface AttackSequence {
  readonly name: string
  readonly records: readonly RawRecord[]
}

/** From where the attacker works: the victim's machine and client, or a rented server and the same client. */
export type AttackPlace = 'own' | 'new'

export interface Injected {
  readonly attack: string
  readonly record: object
  readonly timeMs: number
  readonly eventUid: string
}

const minuteMs = 60_000
/** Addresses of rented servers, in turn. */
const serverBlocks = ['51.15', '163.172', '116.202', '95.217', '5.161'] as const

/**
 * Puts each captured sequence into the day of somebody who has a history: with the victim's name, account and region, two minutes after
 * a call of the victim's, and in the pace in which it was captured.
 *
 * @param background an organisation's records in order of time
 * @param fromMs when the first sequence begins; one a day follows
 */
export function injectAttacks(
  background: readonly CloudTrailRecord[],
  sequences: readonly AttackSequence[],
  place: AttackPlace,
  fromMs: number,
  dayMs: number,
): Injected[] {
  const people = new Map<string, CloudTrailRecord[]>()
  for (const record of background) {
    const { type, arn } = record.userIdentity as { readonly type: string; readonly arn?: string }
    if (arn === undefined || (type !== 'AssumedRole' && type !== 'IAMUser') || !isPerson(record)) continue
    const held = people.get(arn)
    if (held === undefined) people.set(arn, [record])
    else held.push(record)
  }
  // Those with the longest history, so that it is no matter of a newcomer's; each once.
  const victims = new Set([...people.values()].sort((a, b) => b.length - a.length))
  return sequences.flatMap((sequence, at) => {
    const startMs = fromMs + at * dayMs
    const callOf = (records: readonly CloudTrailRecord[]): CloudTrailRecord | undefined =>
      records.find(({ eventTime }) => Date.parse(eventTime) >= startMs && Date.parse(eventTime) < startMs + dayMs)
    const victim = [...victims].find((records) => callOf(records) !== undefined)
    if (victim === undefined) throw new Error(`Cannot inject "${sequence.name}": nobody is at work on its day`)
    victims.delete(victim)
    const own = callOf(victim)!
    const address = `${serverBlocks[at % serverBlocks.length]}.${20 + at}.${77 + at}`
    return injectOne(sequence, own, place === 'own' ? own.sourceIPAddress : address)
  })
}

/** A person's client, not a program's: what the simulated organisation's people work with. */
function isPerson({ userAgent }: CloudTrailRecord): boolean {
  return /aws-cli|Mozilla|console/i.test(String(userAgent))
}

function injectOne(sequence: AttackSequence, own: CloudTrailRecord, sourceIPAddress: string): Injected[] {
  const firstMs = Math.min(...sequence.records.map(({ eventTime }) => Date.parse(eventTime)))
  const startMs = Date.parse(own.eventTime) + 2 * minuteMs
  return sequence.records.map((captured, index) => {
    const timeMs = startMs + Date.parse(captured.eventTime) - firstMs
    const eventID = `attack-${sequence.name}-${index}`
    const record = {
      ...captured,
      eventID,
      eventTime: new Date(timeMs).toISOString(),
      userIdentity: own.userIdentity,
      recipientAccountId: own.recipientAccountId,
      awsRegion: own.awsRegion,
      userAgent: own.userAgent,
      sourceIPAddress,
    }
    return { attack: sequence.name, record, timeMs, eventUid: eventID }
  })
}
