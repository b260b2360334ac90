import { OstiaryError } from '@ostiary/schemas'

/** What a gate of a promotion found. */
export interface GateResult {
  /** `alerts_per_day`, `labelled_recall` or `calibration`. */
  readonly gate: string
  readonly passed: boolean
  /** In words, with the figures. */
  readonly detail: string
}

/** What was done with models, once: a line of the journal. */
export interface RolloutEntry {
  readonly version: 1
  /** Counts the entries from 1; the marker carries it. */
  readonly epoch: number
  /** RFC 3339. */
  readonly time: string
  readonly by: string
  readonly action: 'promote' | 'rollback' | 'shadow'
  /** What is in force, or in shadow, from here on: an artefact's id; `''` for none of the journal's. */
  readonly model: string
  readonly reason: string
  /** Whether a gate had failed and was passed over. */
  readonly forced: boolean
  readonly gates: readonly GateResult[]
}

/** Entries that a journal may hold. */
export const rolloutEntriesMax = 100_000
const reasonLengthMax = 500

/** Which models are in force, as a journal says. */
export interface Rollout {
  /** Epoch of the last entry; 0 for none. */
  readonly epoch: number
  /** `''` while none was promoted: the configured model, or the one that ships. */
  readonly champion: string
  /** `''` for none. */
  readonly shadow: string
  /** What a rollback would go back to, newest first; without `champion`. */
  readonly before: readonly string[]
}

/** Folds a journal. A promotion of what is in force changes nothing. */
export function rolloutOf(entries: readonly RolloutEntry[]): Rollout {
  const stack: string[] = []
  let shadow = ''
  for (const { action, model } of entries) {
    if (action === 'shadow') shadow = model
    else if (action === 'rollback') stack.pop()
    else if (stack.at(-1) !== model) stack.push(model)
  }
  const [champion = '', ...before] = stack.reverse()
  return { epoch: entries.at(-1)?.epoch ?? 0, champion, shadow, before }
}

/** What somebody wants to do. */
export interface RolloutWish
  extends Pick<RolloutEntry, 'by' | 'reason'>,
    Partial<Pick<RolloutEntry, 'forced' | 'gates'>> {
  readonly action: RolloutEntry['action']
  /** Left out for a rollback. */
  readonly model?: string
}

/**
 * The entry that a wish comes to.
 *
 * @throws OstiaryError `usage.invalid` for a rollback where nothing was promoted, and for a wish that changes nothing
 */
export function nextEntry(entries: readonly RolloutEntry[], wish: RolloutWish, nowMs: number): RolloutEntry {
  const rollout = rolloutOf(entries)
  if (entries.length >= rolloutEntriesMax)
    throw new OstiaryError('usage.invalid', `Cannot go on with a journal of ${entries.length} entries: begin a new one`)
  return {
    version: 1,
    epoch: rollout.epoch + 1,
    time: new Date(nowMs).toISOString(),
    by: wish.by.slice(0, reasonLengthMax),
    action: wish.action,
    model: modelAfter(rollout, wish),
    reason: wish.reason.slice(0, reasonLengthMax),
    forced: wish.forced ?? false,
    gates: wish.gates ?? [],
  }
}

function modelAfter({ champion, shadow, before }: Rollout, { action, model = '' }: RolloutWish): string {
  if (action === 'rollback') {
    if (champion === '')
      throw new OstiaryError(
        'usage.invalid',
        'Cannot roll back: no model was promoted, or all were rolled back already',
      )
    return before[0] ?? ''
  }
  if (model === (action === 'promote' ? champion : shadow))
    throw new OstiaryError(
      'usage.invalid',
      action === 'promote'
        ? `Cannot promote ${model}: it is in force already`
        : `Cannot change the shadow: it is ${model === '' ? 'none' : model} already`,
    )
  return model
}

/**
 * An entry from a line of a journal.
 *
 * @throws OstiaryError `model.invalid`
 */
export function rolloutEntryOf(text: string): RolloutEntry {
  let given: Partial<RolloutEntry> | null
  try {
    given = JSON.parse(text) as Partial<RolloutEntry> | null
  } catch (cause) {
    throw damaged(text, cause)
  }
  const { version, epoch, time, by, action, model, reason, forced, gates } = given ?? {}
  const ok =
    version === 1 &&
    Number.isSafeInteger(epoch) &&
    [time, by, reason].every((one) => typeof one === 'string') &&
    ['promote', 'rollback', 'shadow'].includes(String(action)) &&
    /^(?:[0-9a-f]{64})?$/.test(String(model)) &&
    typeof forced === 'boolean' &&
    Array.isArray(gates)
  if (!ok) throw damaged(text, undefined)
  return given as RolloutEntry
}

function damaged(text: string, cause: unknown): OstiaryError {
  return new OstiaryError(
    'model.invalid',
    `Cannot read the journal of models: ${JSON.stringify(text.slice(0, 80))} is no entry. Restore it from a backup`,
    { cause },
  )
}
