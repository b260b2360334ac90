import type { Reason } from '@ostiary/schemas'
import type { Attack } from '../detections/detection.ts'

/** Bits of an event's score that are left out: what every busy identity collects by chance. */
export const riskFloorBits = 6
/** Time in which a risk fades to 37 %. */
export const riskScaleMs = 86_400_000
/** Risk from which it is told. */
export const riskBitsMin = 40

/** What one identity's strange events of the last day add up to: plain data, so that it is its own snapshot. */
export interface EntityRisk {
  /** Sum of bits over the floor, faded to `timeMs`. */
  bits: number
  timeMs: number
}

export function newEntityRisk(): EntityRisk {
  return { bits: 0, timeMs: 0 }
}

/** The risk, in bits, at a time. A late event sees what is there: nothing fades backwards. */
export function riskAt(risk: EntityRisk, timeMs: number): number {
  const elapsedMs = timeMs - risk.timeMs
  return elapsedMs <= 0 ? risk.bits : risk.bits * Math.exp(-elapsedMs / riskScaleMs)
}

/**
 * Adds an event's score to its identity's risk: many events, none of which is worth a page, may be worth one together.
 *
 * @param scoreBits the event's score; only what is over the floor adds
 * @returns the risk with the event, in bits
 */
export function addRisk(risk: EntityRisk, timeMs: number, scoreBits: number): number {
  risk.bits = riskAt(risk, timeMs)
  if (timeMs > risk.timeMs) risk.timeMs = timeMs
  if (scoreBits > riskFloorBits) risk.bits += scoreBits - riskFloorBits
  return risk.bits
}

/** The row of the detection table that reads no signal: it looks at all of an identity's events of a day. */
export const entityRiskDetection: { readonly id: string; readonly attack: Attack; readonly when: string } = {
  id: 'entity_risk',
  attack: { tactic: 'TA0001', technique: 'T1078.004' },
  when: `the bits over ${riskFloorBits} of the identity's events of about a day add up to ${riskBitsMin} or more`,
}

/** The reason to give for a risk, at 0 bits since its events have told theirs; undefined while it is low. */
export function riskReason(riskBits: number): Reason | undefined {
  if (riskBits < riskBitsMin) return undefined
  const { id, attack } = entityRiskDetection
  const words = `strange events of this identity add up to ${Math.round(riskBits)} bits within about a day`
  return { detection: id, signal: id, bits: 0, words, ...attack }
}
