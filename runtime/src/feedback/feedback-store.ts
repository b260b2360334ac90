import { mkdir, readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { OstiaryError } from '@ostiary/schemas'
import type { Config } from '../config/config-schema.ts'
import { dataFolder } from '../files/pseudonym-key.ts'
import { unwritable, writeAtomically } from '../files/write-atomically.ts'
import { type FeedbackEntry, type FeedbackWish, feedbackEntryOf } from './feedback-entry.ts'
import { feedbackEntriesMax, nextFeedback } from './feedback-journal.ts'

/** Where labels and suppressions are journalled, and put in force: a file, or topics. */
export interface FeedbackStore {
  /** What people call it. */
  readonly name: string
  /** The journal, oldest first. */
  entries(): Promise<readonly FeedbackEntry[]>
  /** Says what is wished; `force` although it would hide a case labelled true positive. */
  record(wish: FeedbackWish, force: boolean): Promise<FeedbackEntry>
  close(): Promise<void>
}

/** The journal that `feedback` names, else `feedback.ndjson` in the data folder. */
export function fileFeedbackStoreOf({ feedback }: Pick<Config, 'feedback'>, env: NodeJS.ProcessEnv): FileFeedbackStore {
  return new FileFeedbackStore(feedback === '' ? join(dataFolder(env, homedir()), 'feedback.ndjson') : feedback)
}

/**
 * The journal that a configuration names; an empty one where it names none.
 *
 * @throws OstiaryError `feedback.invalid` where it is not there, or damaged
 */
export async function configuredFeedback({ feedback }: Pick<Config, 'feedback'>): Promise<readonly FeedbackEntry[]> {
  if (feedback === '') return []
  const entries = await new FileFeedbackStore(feedback).entries()
  if (entries.length > 0) return entries
  throw new OstiaryError(
    'feedback.invalid',
    `Cannot use feedback "${feedback}": nothing is there. Say something with "ostiary label" or "ostiary suppress" first`,
  )
}

/** A journal in a file, a line an entry. One command at a time may change it. */
export class FileFeedbackStore implements FeedbackStore {
  readonly name: string

  constructor(file: string) {
    this.name = file
  }

  async entries(): Promise<readonly FeedbackEntry[]> {
    let text: string
    try {
      text = await readFile(this.name, 'utf8')
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw new OstiaryError('feedback.invalid', `Cannot read "${this.name}": ${(cause as Error).message}`, { cause })
    }
    const lines = text.split('\n', feedbackEntriesMax + 1).filter((line) => line !== '')
    return lines.map(feedbackEntryOf)
  }

  async record(wish: FeedbackWish, force: boolean): Promise<FeedbackEntry> {
    const entries = await this.entries()
    const entry = nextFeedback(entries, wish, force, Date.now())
    try {
      await mkdir(dirname(this.name), { recursive: true })
    } catch (cause) {
      throw unwritable(this.name, cause)
    }
    const lines = [...entries, entry].map((one) => `${JSON.stringify(one)}\n`)
    await writeAtomically(this.name, Buffer.from(lines.join('')))
    return entry
  }

  async close(): Promise<void> {
    // Nothing is held open.
  }
}
