import type { AccessEvent } from '@ostiary/schemas'
import { DuplicateRing } from './duplicate-ring.ts'
import { ReorderBuffer, reorderEventsMax } from './reorder-buffer.ts'

/**
 * Events as a scan takes them: without repeats, and in order of time as far as `reorderMs` allows.
 * What learns from past events has to see them so too.
 */
export async function* orderedEvents(
  batches: AsyncIterable<readonly AccessEvent[]>,
  { reorderMs, duplicatesMax }: { readonly reorderMs: number; readonly duplicatesMax: number },
): AsyncGenerator<readonly AccessEvent[], void> {
  const duplicates = new DuplicateRing(duplicatesMax)
  const reorder = new ReorderBuffer<AccessEvent>(reorderMs, reorderEventsMax)
  let out: AccessEvent[] = []
  const release = (event: AccessEvent): void => {
    out.push(event)
  }
  for await (const batch of batches) {
    for (const event of batch) if (duplicates.isNew(event.event_uid)) reorder.push(event, release)
    if (out.length === 0) continue
    yield out
    out = []
  }
  reorder.flush(release)
  if (out.length > 0) yield out
}
