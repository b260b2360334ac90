import type { Reason } from '@ostiary/schemas'
import type { Detection, Reading } from '../detections/detection.ts'
import { detections } from '../detections/index.ts'
import type { ReadingOf } from '../detections/reading.ts'
import { signals } from '../signals/index.ts'
import type { Moment } from '../signals/signal.ts'
import { counterfactuals, type Rescore } from './counterfactuals.ts'
import type { Explanation } from './explanation.ts'
import { genericWords } from './generic-words.ts'
import { notesOf } from './notes.ts'

/** Most reasons of one event. */
export const reasonsMax = 8
/** Bits a signal must add before it is a reason of its own without a detection. */
const reasonBitsMin = 1

const detectionsBySignal: readonly (readonly Detection[])[] = signals.map((signal) =>
  detections.filter((detection) => detection.signal === signal.id),
)

/**
 * Puts a scored event into words, with what would have made it usual.
 *
 * @param rescore the score, in bits, had some signals read other nats; for the others see `reasonsOf`
 */
export function explain(
  moment: Moment,
  readingOf: ReadingOf,
  nats: Float64Array,
  contributions: Float64Array,
  rescore: Rescore,
): Explanation {
  return {
    reasons: reasonsOf(readingOf, nats, contributions),
    counterfactual: counterfactuals(readingOf, contributions, rescore),
    notes: notesOf(moment, readingOf),
  }
}

/**
 * The reasons of a scored event.
 *
 * Each signal gives one reason, worth the bits it adds to the score: in the words of the first row of the detection table
 * that applies, else in those of its question. A detection that applies to a signal without weight still tells, at 0 bits.
 *
 * @param readingOf readings by signal id; see `readingsOf`
 * @param nats surprise by signal, in the order of `signals`
 * @param contributions nats that each signal adds to the score, in the same order
 */
export function reasonsOf(readingOf: ReadingOf, nats: Float64Array, contributions: Float64Array): readonly Reason[] {
  const reasons: { readonly reason: Reason; readonly nats: number }[] = []
  for (const [index, signal] of signals.entries()) {
    if (nats[index] === 0 && contributions[index] === 0) continue
    const bits = contributions[index]! * Math.LOG2E
    const detection = detectionsBySignal[index]!.find((row) => holds(row, nats[index]!, readingOf))
    if (detection === undefined && bits < reasonBitsMin) continue
    reasons.push({ reason: reasonOf(signal.id, detection, readingOf(signal.id), bits), nats: nats[index]! })
  }
  reasons.sort((a, b) => b.reason.bits - a.reason.bits || b.nats - a.nats)
  return foremost(reasons.map(({ reason }) => reason))
}

/** The first `reasonsMax`; where there are more, those without a detection go first, from the end. */
function foremost(reasons: readonly Reason[]): readonly Reason[] {
  const kept = [...reasons]
  for (let i = kept.length - 1; i >= 0 && kept.length > reasonsMax; i--)
    if (kept[i]!.technique === '') kept.splice(i, 1)
  return kept.slice(0, reasonsMax)
}

function holds(detection: Detection, nats: number, readingOf: ReadingOf): boolean {
  return nats >= detection.natsMin && detection.applies(readingOf(detection.signal))
}

function reasonOf(signalId: string, detection: Detection | undefined, reading: Reading, bits: number): Reason {
  if (detection === undefined)
    return {
      detection: signalId,
      signal: signalId,
      bits,
      words: genericWords(signalId, reading),
      tactic: '',
      technique: '',
    }
  const { id, attack } = detection
  return { detection: id, signal: signalId, bits, words: detection.words(reading), ...attack }
}
