import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { type Exhibit, OstiaryError } from '@ostiary/schemas'
import { exhibitOfLine } from './exhibit-line.ts'

/** Exhibits of one finding that are held; a case of 24 hours has far fewer. */
export const findingExhibitsMax = 10_000

/**
 * The exhibits of a finding in files, in their order.
 *
 * @param uid the finding's id, or its beginning
 * @throws OstiaryError `input.unreadable` for a file that cannot be read, `alert.unknown` where the beginning is of several
 */
export async function findExhibits(files: readonly string[], uid: string): Promise<Exhibit[]> {
  const found: Exhibit[] = []
  for (const file of files) {
    const input = createReadStream(file)
    try {
      for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
        if (!line.includes(uid)) continue
        const exhibit = exhibitOfLine(line)
        if (exhibit?.finding_uid.startsWith(uid)) addExhibit(found, exhibit, uid)
      }
    } catch (cause) {
      if (cause instanceof OstiaryError) throw cause
      throw new OstiaryError(
        'input.unreadable',
        `Cannot read exhibits "${file}": check that it exists and is readable`,
        { cause },
      )
    } finally {
      input.destroy()
    }
  }
  return found
}

/**
 * Adds an exhibit to those of its finding.
 *
 * @throws OstiaryError `alert.unknown` where it is of another finding, or there are too many
 */
export function addExhibit(found: Exhibit[], exhibit: Exhibit, uid: string): void {
  const other = found[0]?.finding_uid ?? exhibit.finding_uid
  if (other !== exhibit.finding_uid)
    throw new OstiaryError(
      'alert.unknown',
      `Cannot tell which alert "${uid}" is: ${other} and ${exhibit.finding_uid} begin so. Give more of the id`,
    )
  if (found.length >= findingExhibitsMax)
    throw new OstiaryError(
      'alert.unknown',
      `Cannot reproduce "${uid}": it has more than ${findingExhibitsMax} exhibits. Give the exhibits of one scan`,
    )
  found.push(exhibit)
}
