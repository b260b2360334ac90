import { textSha256 } from '@ostiary/schemas'
import type { Config } from '../config/config-schema.ts'
import { type FeedbackEntry, type FeedbackWish, feedbackEntryOf } from '../feedback/feedback-entry.ts'
import { feedbackOf, nextFeedback } from '../feedback/feedback-journal.ts'
import type { FeedbackStore } from '../feedback/feedback-store.ts'
import type { Logger } from '../log/logger.ts'
import { ArtefactWriter, type Body } from './artefact-writer.ts'

const dayMs = 86_400_000
/** What was said, and has ended, longer ago than this is no longer part of the bodies: no lesson waits so long by far. */
const effectMs = 90 * dayMs

/**
 * The journal of labels and suppressions in `access.artefacts`, with what each entry puts in force as a body of its own. What
 * takes effect is a marker in every partition of `access.events`, written with both in one transaction.
 */
export class KafkaFeedbackStore implements FeedbackStore {
  readonly name: string
  readonly #writer: ArtefactWriter

  private constructor(writer: ArtefactWriter) {
    this.name = writer.name
    this.#writer = writer
  }

  /** @throws OstiaryError `kafka.unavailable`, `topics.invalid` */
  static async open(config: Config, env: NodeJS.ProcessEnv, log: Logger): Promise<KafkaFeedbackStore> {
    const options = { what: 'feedback', principal: 'reviewer', journal: 'feedback_entry' } as const
    return new KafkaFeedbackStore(await ArtefactWriter.open(config, env, log, options))
  }

  entries(): Promise<readonly FeedbackEntry[]> {
    return this.#writer.journal(feedbackEntryOf)
  }

  async record(wish: FeedbackWish, force: boolean): Promise<FeedbackEntry> {
    let entry: FeedbackEntry | undefined
    await this.#writer.write(async () => {
      // Read once nobody else can write: what is counted on from here on is the last there is.
      const entries = await this.entries()
      const nowMs = Date.now()
      entry = nextFeedback(entries, wish, force, nowMs)
      const text = JSON.stringify(entry)
      const feedback = feedbackOf([...entries, entry], nowMs - effectMs)
      const { id: hash } = feedback
      const bodies: Body[] = [{ kind: 'feedback_entry', hash: textSha256(text), bytes: Buffer.from(text, 'utf8') }]
      if (hash !== '') bodies.push({ kind: 'feedback', hash, bytes: Buffer.from(feedback.canonicalText(), 'utf8') })
      return { bodies, marker: { kind: 'feedback', time: nowMs, hash, epoch: entry.epoch, signature: '' } }
    })
    return entry!
  }

  close(): Promise<void> {
    return this.#writer.close()
  }
}
