import { isDeepStrictEqual } from 'node:util'
import { envelopeDepthMax, normaliseRecord, type Outcome, sources } from '@ostiary/schemas'
import { fixturesOf } from '../conformance/source-fixtures.ts'
import { Dice } from './dice.ts'
import { mutated, randomJson, randomObject } from './random-json.ts'
import { canWrap, cutWrap, envelopeKeys, type Wrapped, wrap, wrapList } from './wrapped-record.ts'

/** What a run of the fuzzer found. */
export interface FuzzSummary {
  readonly inputs: number
  readonly outcomes: number
  /** Number of outcomes by word: the event's source, or the reason. */
  readonly byWord: ReadonlyMap<string, number>
  /** Inputs that were not accounted for, at most `failuresMax`, with what was wrong. */
  readonly failures: readonly string[]
}

/** Most failures that are told; a run ends at the last. */
const failuresMax = 10

/** The outcomes of a value, one word each. Throws what `normaliseRecord` throws. */
function wordsOf(value: unknown): string[] {
  const words: string[] = []
  normaliseRecord(value, (outcome) => words.push(wordOf(outcome)))
  return words
}

function wordOf(outcome: Outcome): string {
  return outcome.kind === 'event' ? outcome.event.source : outcome.reason
}

function keysOf(value: unknown): readonly string[] {
  if (value === null || typeof value !== 'object') return []
  const deeper = Object.values(value).flatMap(keysOf)
  return Array.isArray(value) ? deeper : [...Object.keys(value), ...deeper]
}

interface Corpus {
  readonly records: readonly unknown[]
  readonly keys: readonly string[]
}

function corpusOf(): Corpus {
  const records = sources.flatMap((source) => fixturesOf(source.id).map((fixture) => fixture.record))
  return { records, keys: [...new Set([...records.flatMap(keysOf), ...envelopeKeys])] }
}

/** One record that is in no envelope: a fixture, a mutant of one, or any JSON. */
function bareRecord(dice: Dice, { records, keys }: Corpus): unknown {
  if (dice.oneIn(5)) return withoutEnvelope(randomJson(dice, keys))
  let record = dice.of(records)
  for (let times = dice.below(4); times > 0; times--) record = mutated(dice, record, keys)
  return withoutEnvelope(record)
}

/** What no source recognises must not be an envelope by chance, or it would not be one record. */
function withoutEnvelope(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value
  const record = value as Record<string, unknown>
  if (sources.some((source) => source.recognises(record))) return record
  return Object.fromEntries(Object.entries(record).filter(([key]) => !envelopeKeys.has(key)))
}

/** A value built of records in envelopes, so that what must come of it is known. */
function built(dice: Dice, corpus: Corpus): Wrapped {
  const one = (): Wrapped => {
    const value = bareRecord(dice, corpus)
    return { value, words: wordsOf(value), depth: 0 }
  }
  let wrapped = one()
  for (let times = dice.below(envelopeDepthMax + 1); times > 0 && canWrap(wrapped); times--) {
    if (wrapped.value === null || typeof wrapped.value !== 'object' || Array.isArray(wrapped.value)) break
    if (dice.oneIn(12)) return cutWrap(dice, wrapped.value)
    if (dice.oneIn(20)) wrapped = wrapList(dice, [])
    else if (dice.oneIn(2)) wrapped = wrapList(dice, [wrapped, ...Array.from({ length: dice.below(4) }, one)])
    else wrapped = wrap(dice, wrapped)
  }
  return wrapped
}

/** What is wrong with the outcomes of one input; `''` when nothing is. */
function faultOf(value: unknown, expected: readonly string[] | undefined): string {
  const words = wordsOf(value)
  if (words.length === 0) return 'no outcome'
  if (!isDeepStrictEqual(wordsOf(value), words)) return 'other outcomes the second time'
  if (expected !== undefined && !isDeepStrictEqual(words, expected)) {
    return `${expected.length} outcomes expected (${expected.join(', ')}), ${words.length} given (${words.join(', ')})`
  }
  return ''
}

/** Throws `inputs` values at `normaliseRecord` and counts what becomes of them. The same seed gives the same values. */
export function fuzzSources(inputs: number, seed: number): FuzzSummary {
  const dice = new Dice(seed)
  const corpus = corpusOf()
  const byWord = new Map<string, number>()
  const failures: string[] = []
  let outcomes = 0
  let done = 0
  for (; done < inputs && failures.length < failuresMax; done++) {
    let value: unknown
    try {
      // One input in five is any JSON, envelopes' members and all: how many records it holds is not known beforehand.
      const known = dice.oneIn(5) ? undefined : built(dice, corpus)
      value = known === undefined ? randomObject(dice, corpus.keys) : known.value
      const fault = faultOf(value, known?.words)
      if (fault !== '') failures.push(`input ${done}: ${fault}: ${JSON.stringify(value).slice(0, 400)}`)
      for (const word of wordsOf(value)) {
        outcomes += 1
        byWord.set(word, (byWord.get(word) ?? 0) + 1)
      }
    } catch (error) {
      failures.push(`input ${done}: threw ${String(error)}: ${JSON.stringify(value)?.slice(0, 400)}`)
    }
  }
  return { inputs: done, outcomes, byWord, failures }
}
