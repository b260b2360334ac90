/** Limits and scales of the detector. Each one can change an answer, so all are part of the configuration's hash. */
export interface DetectorOptions {
  /** Later events than this are scored and flagged but teach nothing. */
  readonly latenessMs: number
  readonly caseGapMs: number
  readonly caseMaxMs: number
  /** Score, in bits, that opens a case. */
  readonly digestBits: number
  /** Surprise, in bits over action, network, country and user agent, over which a lesson waits. */
  readonly quarantineBits: number
  readonly quarantineMs: number
  /** Weight, in events, up to which the values of a lesson that waits are remembered meanwhile. */
  readonly rememberedWeight: number
  /** Weight of a lesson that waited out its time without a label. */
  readonly agedWeight: number
  /** Surprising lessons an identity may teach in a day. */
  readonly noveltyPerDayMax: number
  readonly identitiesMax: number
  /** Open cases at a time; the oldest is closed to make room. */
  readonly openCasesMax: number
}

const minuteMs = 60_000
const dayMs = 86_400_000

export const defaultDetectorOptions: DetectorOptions = {
  latenessMs: 360 * minuteMs,
  caseGapMs: 30 * minuteMs,
  caseMaxMs: dayMs,
  digestBits: 8,
  quarantineBits: 32,
  quarantineMs: 7 * dayMs,
  rememberedWeight: 0.5,
  agedWeight: 0.5,
  noveltyPerDayMax: 64,
  identitiesMax: 262_144,
  openCasesMax: 10_000,
}
