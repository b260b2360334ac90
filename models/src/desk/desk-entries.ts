import { type EntryStore, jsonEntry, parseEntry } from '../entries.ts'
import type { DeskState, Held } from './desk.ts'

const heldPrefix = 'held/'
const oncePrefix = 'once/'
const metaName = 'meta'

interface Meta {
  readonly tokens: number
  readonly refilledMs: number
}

/** Layout of a desk's entries. */
export const deskLayout = 'desk-2'

/** The state of a desk in entries: one per case, and per identity and what happens to it once a day. */
export function deskEntries(state: DeskState): EntryStore {
  return {
    layout: deskLayout,
    takeChanges() {
      const changes = new Map<string, Uint8Array | null>()
      takeInOrder(state.held, state.changedHeld, heldPrefix, changes)
      takeInOrder(state.onceADay, state.changedOnceADay, oncePrefix, changes)
      const { tokens, refilledMs } = state
      const meta: Meta = { tokens, refilledMs }
      changes.set(metaName, jsonEntry(meta))
      return changes
    },
  }
}

/** Which was changed last decides which is forgotten first, so changes leave in the order of the map. */
function takeInOrder(
  map: ReadonlyMap<string, unknown>,
  changed: Set<string>,
  prefix: string,
  changes: Map<string, Uint8Array | null>,
): void {
  if (changed.size === 0) return
  for (const key of changed) if (!map.has(key)) changes.set(prefix + key, null)
  for (const [key, value] of map) if (changed.has(key)) changes.set(prefix + key, jsonEntry(value))
  changed.clear()
}

/**
 * Puts entries back into a state fresh from `init`, in the order given.
 *
 * @throws TypeError or SyntaxError where an entry is missing or damaged; the state must then be thrown away
 */
export function restoreDesk(state: DeskState, entries: ReadonlyMap<string, Uint8Array>): void {
  const meta = parseEntry(entries, metaName) as Meta
  for (const name of entries.keys())
    if (name.startsWith(heldPrefix)) state.held.set(name.slice(heldPrefix.length), parseEntry(entries, name) as Held)
    else if (name.startsWith(oncePrefix))
      state.onceADay.set(name.slice(oncePrefix.length), parseEntry(entries, name) as number)
  state.tokens = meta.tokens
  state.refilledMs = meta.refilledMs
}
