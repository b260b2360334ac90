import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { type Alert, OstiaryError } from '@ostiary/schemas'
import { alertOfLine } from './alert-of-line.ts'

/** Shortest beginning of an alert's id that is looked for. */
export const prefixMin = 6

/** An alert, and the line it was read from. */
export interface FoundAlert {
  readonly alert: Alert
  readonly line: string
}

/** The alert of this id, or the one that has the event of this id among its evidence. */
export async function findAlert(id: string, file: string): Promise<FoundAlert | undefined> {
  const input = createReadStream(file)
  let byEvent: FoundAlert | undefined
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (!line.includes(id)) continue
      const alert = alertOfLine(line)
      if (alert === undefined) continue
      if (alert.finding_uid === id || (id.length >= prefixMin && alert.finding_uid.startsWith(id)))
        return { alert, line }
      if (byEvent === undefined && alert.evidence.some((event) => event.event_uid === id)) byEvent = { alert, line }
    }
  } catch (cause) {
    throw new OstiaryError('input.unreadable', `Cannot read alerts "${file}": check that it exists and is readable`, {
      cause,
    })
  } finally {
    input.destroy()
  }
  return byEvent
}
