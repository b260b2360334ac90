/** Findings whose last revision is remembered; over that the one that was longest silent is forgotten. */
const findingsMax = 65_536

export interface Revised {
  readonly finding_uid: string
  readonly revision: number
}

/** The last revision of each finding that a sink has passed on, so that a repeat is not passed on again. */
export class SentRevisions {
  readonly #revisions: Map<string, number> = new Map()

  /** Whether this revision or a newer one has been passed on. */
  has({ finding_uid: uid, revision }: Revised): boolean {
    return (this.#revisions.get(uid) ?? 0) >= revision
  }

  add(revised: Revised): void {
    if (this.has(revised)) return
    // Put at the end anew, so that the first is the one that was longest silent.
    this.#revisions.delete(revised.finding_uid)
    this.#revisions.set(revised.finding_uid, revised.revision)
    if (this.#revisions.size <= findingsMax) return
    for (const oldest of this.#revisions.keys()) {
      this.#revisions.delete(oldest)
      break
    }
  }
}
