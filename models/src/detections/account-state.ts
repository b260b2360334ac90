import { dormantDaysMin } from '../signals/dormancy.ts'
import type { Detection, Reading } from './detection.ts'
import { plainNumber, plural } from './wording.ts'

/** Usual gap, in days, up to which a program counts as running daily. */
const dailyGapDaysMax = 1.5

function silentDays(reading: Reading): number {
  return reading.silence?.silentDays ?? 0
}

function silenceWords(reading: Reading): string {
  const usual = reading.silence?.usualDays ?? 0
  const days = plural(Math.floor(silentDays(reading)), 'day')
  return `silent for ${days}, though usually active every ${usual < 1.05 ? 'day' : `${plainNumber(usual)} days`}`
}

/** An identity that was silent for longer than is usual for it. */
export const accountStateDetections: readonly Detection[] = [
  {
    id: 'dormant_identity_active',
    signal: 'dormancy',
    natsMin: 3,
    attack: { tactic: 'TA0001', technique: 'T1078.004' },
    when: 'the identity acts after at least 30 days of silence, which is much longer than it is usually silent; holds for the hour after it woke',
    applies: (reading) => silentDays(reading) >= dormantDaysMin,
    words: (reading) => `dormant identity active again: ${silenceWords(reading)}`,
  },
  {
    id: 'silent_program_resumed',
    signal: 'dormancy',
    natsMin: 2,
    attack: { tactic: 'TA0005', technique: 'T1562.008' },
    when: 'a workload or pipeline that is active on nearly every day was silent for three to thirty days: it stood still, or its log did',
    applies: (reading) =>
      silentDays(reading) > 0 &&
      silentDays(reading) < dormantDaysMin &&
      (reading.silence?.usualDays ?? 0) <= dailyGapDaysMax,
    words: (reading) => `was ${silenceWords(reading)}: it stood still, or its log did`,
  },
]
