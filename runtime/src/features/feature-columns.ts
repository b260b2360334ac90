import { autoencoderInputIds, autoencoderInputWeights, type EventScore, signals } from '@ostiary/models'
import type { Label } from '../replay/labels.ts'

/** Raised when a column is taken away or means something else. A column more, at the end, changes nothing. */
export const featuresVersion = 1

/** What a file of features tells of one event. Valid while the event is told, no longer. */
export interface Features {
  readonly score: EventScore
  /** What an autoencoder is given. */
  readonly inputs: Float32Array
  readonly label: Label | undefined
}

/** Text, a time in ms, a double or a float. */
export type ColumnType = 'text' | 'time' | 'double' | 'float'

/** One column of a file of features. */
export interface FeatureColumn {
  readonly name: string
  readonly type: ColumnType
  /** Whether a row may be without a value. */
  readonly isOptional: boolean
  readonly description: string
  /** Its value for an event: text, or a number; `undefined` for none. */
  read(features: Features): string | number | undefined
}

/** The column of a signal or an input: its id with `_` for `.`, so that no query language needs quotes. */
export function columnOf(kind: 'nats' | 'input', id: string): string {
  return `${kind}_${id.replaceAll('.', '_')}`
}

function text(name: string, description: string, read: (features: Features) => string): FeatureColumn {
  return { name, type: 'text', isOptional: false, description, read }
}

function double(name: string, description: string, read: (score: EventScore) => number): FeatureColumn {
  return { name, type: 'double', isOptional: false, description, read: ({ score }) => read(score) }
}

/** Every column, in order. */
export const featureColumns: readonly FeatureColumn[] = [
  text(
    'event_uid',
    "The event's id, as its cloud gave it; labels name events by it",
    ({ score }) => score.event.event_uid,
  ),
  {
    name: 'time',
    type: 'time',
    isOptional: false,
    description: 'When it happened, UTC, to the millisecond',
    read: ({ score }) => score.event.time,
  },
  text('identity_uid', 'Who acted: a pseudonym', ({ score }) => score.event.identity.uid),
  text(
    'identity_type',
    '`human`, `workload`, `ci`, `cloud_internal`, `root` or `unknown`',
    ({ score }) => score.event.identity.type,
  ),
  text(
    'lesson',
    'What became of it as a lesson: `taught`, `waits`, `over_novelty` or `too_late`',
    ({ score }) => score.lesson,
  ),
  ...signals.map(
    ({ id }, index): FeatureColumn =>
      double(columnOf('nats', id), `Surprise of the signal \`${id}\`, in nats`, ({ nats }) => nats[index]!),
  ),
  ...autoencoderInputIds.map(
    (id, index): FeatureColumn => ({
      name: columnOf('input', id),
      type: 'float',
      isOptional: false,
      description: `Input ${index} of the autoencoder, \`${id}\`, weight ${autoencoderInputWeights[index]}, in [0, 1]`,
      read: ({ inputs }) => inputs[index]!,
    }),
  ),
  double(
    'surprise_nats',
    'The rank without impact, from which `surprise_bits` is read',
    ({ surpriseNats }) => surpriseNats,
  ),
  double('score_nats', 'The rank with impact, from which `score_bits` is read', ({ scoreNats }) => scoreNats),
  double('surprise_bits', 'Calibrated surprise, without impact', ({ surprise }) => surprise),
  double('score_bits', 'Calibrated score: this or stranger comes once in 2^b events', ({ score }) => score),
  double('impact_bits', 'How bad it would be', ({ impact }) => impact),
  double(
    'autoencoder_bits',
    "Bits of the model's own autoencoder; 0 where it was not asked, since the event is usual anyway",
    ({ autoencoder }) => autoencoder,
  ),
  {
    name: 'label',
    type: 'text',
    isOptional: true,
    description: 'What the event belongs to by the labels that were given, such as an attack; null for none',
    read: ({ label }) => label?.label,
  },
  {
    name: 'label_kind',
    type: 'text',
    isOptional: true,
    description: 'What kind that is, such as a technique; null for none',
    read: ({ label }) => (label === undefined || label.kind === '' ? undefined : label.kind),
  },
]
