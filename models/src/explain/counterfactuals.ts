import type { Finding } from '@ostiary/schemas'
import { type ReadingOf, signalIndex } from '../detections/reading.ts'
import { plainNumber, quote } from '../detections/wording.ts'
import { signals } from '../signals/index.ts'

/**
 * The score, in bits, had some signals read other nats. To be given by whoever scored.
 *
 * @param overrides nats by place of the signal in `signals`; the others stay
 */
export type Rescore = (overrides: ReadonlyMap<number, number>) => number

/** Most single changes that are tried; all of them together are one more. */
const counterfactualsMax = 3
/** Nats a change must be worth to be told. */
const natsMin = 0.7

/** Something about an event that could have been otherwise as a whole, and the signals that would then read otherwise. */
interface Aspect {
  readonly signals: readonly string[]
  /** "had it come from AS3320 in DE": the usual by name where the tenant's dictionary knows it. */
  words(readingOf: ReadingOf): string
}

function named(name: string, known: (name: string) => string, unknown: string): string {
  return name === '' ? unknown : known(quote(name))
}

function usualPlace(readingOf: ReadingOf): string {
  const network = named(
    readingOf('new_value.asn').usualName,
    (name) => `${name}, where this identity usually is`,
    'a network this identity has used before',
  )
  return `had it come from ${network}`
}

const aspects: readonly Aspect[] = [
  {
    signals: ['new_value.asn', 'new_value.country', 'new_value.subnet', 'spread.networks', 'travel', 'session_spread'],
    words: usualPlace,
  },
  {
    signals: ['new_value.action', 'new_value.service', 'new_value.fact'],
    words: (readingOf) =>
      `had it been ${named(readingOf('new_value.action').usualName, (name) => `${name}, which this identity usually does`, 'an action that is usual for this identity')}`,
  },
  {
    signals: ['sequence.action'],
    words: () => 'had it followed what the tenant usually does before it',
  },
  {
    signals: ['new_value.user_agent'],
    words: (readingOf) => {
      const { usualName } = readingOf('new_value.user_agent')
      const name = usualName.startsWith('other:') ? '' : usualName
      return `had it been done with ${named(name, (known) => `${known}, which this identity usually uses`, 'the client this identity usually uses')}`
    },
  },
  {
    signals: ['new_value.hour', 'dormancy'],
    words: () => 'had it been at a time this identity is usually active',
  },
  {
    signals: ['new_value.region'],
    words: (readingOf) =>
      `had it been in ${named(readingOf('new_value.region').usualName, (name) => `${name}, the usual region`, 'the usual region')}`,
  },
  { signals: ['new_value.resource'], words: () => 'had it been on a resource this identity usually touches' },
  { signals: ['new_value.error', 'burst.failures', 'spread.denied'], words: () => 'had it succeeded as usual' },
  {
    signals: ['new_value.credential', 'new_value.authentication'],
    words: () => 'had it been done with the credential this identity usually uses',
  },
  {
    signals: [
      'burst.events',
      'burst.changes',
      'burst.deletions',
      'burst.secrets',
      'burst.data_reads',
      'spread.actions',
    ],
    words: () => 'had there been no more of it than in a usual hour',
  },
]

/** Signals that no aspect names, so that a new signal is not forgotten in silence; for a test. */
export function signalsWithoutAspect(): readonly string[] {
  const named = new Set(aspects.flatMap((aspect) => aspect.signals))
  return signals.map((signal) => signal.id).filter((id) => !named.has(id))
}

interface Change {
  readonly words: string
  readonly nats: number
  readonly overrides: ReadonlyMap<number, number>
}

function changeOf(aspect: Aspect, readingOf: ReadingOf, contributions: Float64Array): Change {
  const overrides = new Map<number, number>()
  let nats = 0
  for (const id of aspect.signals) {
    const index = signalIndex(id)
    const contribution = contributions[index]!
    if (contribution === 0) continue
    const { usualNats, nats: read } = readingOf(id)
    if (usualNats < 0 || usualNats >= read) continue
    overrides.set(index, usualNats)
    nats += contribution
  }
  return { words: nats < natsMin ? '' : aspect.words(readingOf), nats, overrides }
}

/**
 * What would have made the event usual: for the aspects that add most to the score, the score had each been the identity's
 * most usual, and had all of them been. Only changes that lower the score are told.
 */
export function counterfactuals(
  readingOf: ReadingOf,
  contributions: Float64Array,
  rescore: Rescore,
): Finding['counterfactual'] {
  const changes = aspects
    .map((aspect) => changeOf(aspect, readingOf, contributions))
    .filter((change) => change.nats >= natsMin)
    .sort((a, b) => b.nats - a.nats)
    .slice(0, counterfactualsMax)
  if (changes.length === 0) return []
  const asItWas = rescore(new Map())
  const told = changes.map(({ words, overrides }) => ({ words, score: rescore(overrides) }))
  if (changes.length > 1) {
    const all = new Map(changes.flatMap((change) => [...change.overrides]))
    told.push({ words: `had ${changes.length === 2 ? 'both' : 'all three'} been so`, score: rescore(all) })
  }
  return told
    .filter(({ score }) => score < asItWas)
    .map(({ words, score }) => ({
      words: `${words}, the score would be ${plainNumber(Math.max(score, 0))} bits`,
      score,
    }))
}
