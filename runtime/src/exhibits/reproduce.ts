import { bytesSha256, type CensusTable, caseOf, type OpenCase, recompute, type ScoringModel } from '@ostiary/models'
import {
  type Alert,
  canonicalJson,
  canonicalSha256,
  type Exhibit,
  type Finding,
  OstiaryError,
  textSha256,
} from '@ostiary/schemas'

/** Something that is not as it was, or does not come out as it did. */
export interface Difference {
  /** An input (`model`, `tables`, `census`, `code`, `event`, `state`, `case`), or a field of the finding. */
  readonly what: string
  /** As the exhibit or the alert has it. */
  readonly recorded: string
  /** As it is here, or came out. */
  readonly found: string
}

/** What came of computing an alert again. */
export interface Reproduction {
  readonly finding_uid: string
  readonly revision: number
  /** Whether the same bits came out, of inputs that are what they were. */
  readonly same: boolean
  /** Exhibits that were computed again: each event that made the case say something, and its close. */
  readonly exhibits: number
  readonly inputs: readonly Difference[]
  readonly outputs: readonly Difference[]
  /** What to know beside: what was taken as given. */
  readonly notes: readonly string[]
  /** What came out; `undefined` where nothing could be computed. */
  readonly finding: Finding | undefined
}

export interface ReproduceOptions {
  /** Of one finding, in the order in which they were made. */
  readonly exhibits: readonly Exhibit[]
  /** The models at hand, by id. */
  readonly models: ReadonlyMap<string, ScoringModel>
  /** @throws OstiaryError where the table is damaged or missing */
  readonly censusOf: (hash: string) => Promise<CensusTable>
  /** What the finding is compared with beside the exhibit's own hash of it. */
  readonly alert?: Alert | undefined
  /** The revision to reproduce; the alert's, else the last, unless given. */
  readonly revision?: number | undefined
  /** How an alert is written where it was found, and what was found: compared to the byte. */
  readonly written?: { readonly as: (alert: Alert) => string; readonly found: string } | undefined
  readonly codeVersion: string
}

/** Computes a finding's revision again from its exhibits, and says what is not as it was. */
export async function reproduce(options: ReproduceOptions): Promise<Reproduction> {
  const { exhibits, alert } = options
  const wanted = options.revision ?? alert?.revision
  const at = exhibits.findLastIndex((one) => one.activity !== 'grow' && (wanted ?? one.revision) === one.revision)
  const target = exhibits[at]
  if (target === undefined) throw notExhibited(exhibits, wanted)
  if (alert === undefined && target.finding_sha256 === '')
    throw new OstiaryError(
      'usage.invalid',
      `Cannot tell what ${target.finding_uid} was: its exhibits hold no hash of it. Give the alert with --alerts FILE`,
    )
  const work = new Work(options)
  const chain = exhibits.slice(0, at + 1)
  if (chain[0]!.case_before.length > 0)
    work.note('the first exhibits of the case are not here: what it said before is taken as given')
  for (const [index, exhibit] of chain.entries()) await work.compute(exhibit, chain[index + 1])
  if (alert !== undefined) work.compare(target, alert)
  if (target.code !== options.codeVersion && work.same)
    work.note(`made by version ${target.code}, computed again by version ${options.codeVersion}`)
  return work.result(target)
}

function notExhibited(exhibits: readonly Exhibit[], revision: number | undefined): OstiaryError {
  const held = exhibits.filter(({ activity }) => activity !== 'grow').map((one) => one.revision)
  const has = held.length === 0 ? 'none of it' : `revisions ${held.join(', ')}`
  return new OstiaryError(
    'input.empty',
    `Cannot reproduce revision ${revision ?? 1} of ${exhibits[0]?.finding_uid ?? 'the alert'}: the exhibits hold ${has}`,
  )
}

/** One reproduction on its way. */
class Work {
  readonly #options: ReproduceOptions
  readonly #inputs: Map<string, Difference> = new Map()
  readonly #outputs: Map<string, Difference> = new Map()
  readonly #notes: Set<string> = new Set()
  #computed = 0
  #finding: Finding | undefined

  constructor(options: ReproduceOptions) {
    this.#options = options
  }

  get same(): boolean {
    return this.#inputs.size === 0 && this.#outputs.size === 0
  }

  note(text: string): void {
    this.#notes.add(text)
  }

  result({ finding_uid, revision, code }: Exhibit): Reproduction {
    const { codeVersion } = this.#options
    // Another version may well give the same bits; where it does not, it is the first suspect.
    if (code !== codeVersion && !this.same) this.#input('code', code, codeVersion)
    if (!this.same && this.#inputs.size === 0)
      this.note('every input is what it was: the code, or a damaged exhibit with hashes to match, made the difference')
    return {
      finding_uid,
      revision,
      same: this.same,
      exhibits: this.#computed,
      inputs: [...this.#inputs.values()],
      outputs: [...this.#outputs.values()],
      notes: [...this.#notes],
      finding: this.#finding,
    }
  }

  /** Computes one exhibit, and holds it to its hashes and to what the next one begins with. */
  async compute(exhibit: Exhibit, next: Exhibit | undefined): Promise<void> {
    this.#finding = undefined
    this.#checkHashes(exhibit)
    const model = this.#modelOf(exhibit)
    const census = model === undefined ? undefined : await this.#censusOf(exhibit, model)
    if (model === undefined || census === undefined) return
    try {
      const { held, finding } = recompute(exhibit, model, census)
      this.#computed += 1
      this.#finding = finding
      const sha256 = finding === undefined ? '' : canonicalSha256(finding)
      if (sha256 !== exhibit.finding_sha256 && exhibit.activity !== '')
        this.#output('finding_sha256', exhibit.finding_sha256, sha256)
      if (next !== undefined) this.#checkChain(held, next)
    } catch (error) {
      // What a damaged state or case does to the code that reads it cannot be told beforehand.
      const detail = error instanceof Error ? error.message : String(error)
      this.#output('finding', `revision ${exhibit.revision}`, `cannot be computed: ${detail}`)
    }
  }

  /** Compares what came out with the alert, field by field. */
  compare(target: Exhibit, alert: Alert): void {
    for (const id of ['model', 'tables', 'code', 'feedback'] as const)
      if (alert[id] !== target[id]) this.#input(id, alert[id], `${target[id]} in the exhibit`)
    const evidence = alert.evidence.find(({ event_uid }) => event_uid === target.event.event_uid)
    const event = canonicalSha256(target.event)
    if (evidence !== undefined && evidence.sha256 !== event) this.#input('event', evidence.sha256, event)
    if (this.#finding === undefined) {
      this.#output('finding', `revision ${alert.revision}`, 'nothing came out')
      return
    }
    for (const [name, value] of Object.entries(this.#finding)) {
      const recorded = canonicalJson(alert[name as keyof Finding])
      const found = canonicalJson(value)
      if (recorded === found) continue
      if (name === 'identity_uid' && !alert.identity_uid.startsWith('id-'))
        this.note('the alert shows the identity by name: its pseudonym is not compared')
      else this.#output(name, recorded, found)
    }
    const { written } = this.#options
    const { disposition, disposition_reason } = alert
    const again = written?.as({ ...this.#finding, disposition, disposition_reason })
    if (written !== undefined && again !== written.found && this.same)
      this.#output('bytes', textSha256(written.found), textSha256(again!))
  }

  #checkHashes({ event, state, case_before, event_sha256, state_sha256, case_sha256, activity }: Exhibit): void {
    if (activity === '') {
      this.note('these exhibits are of a version that kept no case: only a first revision comes out of them')
      return
    }
    const found = canonicalSha256(event)
    if (found !== event_sha256) this.#input('event', event_sha256, found)
    for (const [what, bytes, recorded] of [
      ['state', state, state_sha256],
      ['case', case_before, case_sha256],
    ] as const)
      if (bytesSha256(bytes) !== recorded) this.#input(what, recorded, bytesSha256(bytes))
  }

  /** The exhibit's model; where it is not at hand, the one that is, so that it shows what it changes. */
  #modelOf({ model: id }: Exhibit): ScoringModel | undefined {
    const { models } = this.#options
    const model = models.get(id)
    if (model !== undefined) return model
    const other = [...models.values()].at(-1)
    this.#input('model', id, other?.id ?? 'no model that can be used')
    return other
  }

  async #censusOf({ census: hash }: Exhibit, model: ScoringModel): Promise<CensusTable | undefined> {
    if (hash === '' || hash === model.census.id) return model.census
    const ofOther = [...this.#options.models.values()].find(({ census }) => census.id === hash)
    if (ofOther !== undefined) return ofOther.census
    try {
      return await this.#options.censusOf(hash)
    } catch (error) {
      if (!(error instanceof OstiaryError)) throw error
      this.#input('census', hash, error.message)
      return undefined
    }
  }

  /** Events between two exhibits change how many there are and which are shown, and nothing else. */
  #checkChain(held: OpenCase, next: Exhibit): void {
    const after = saidBy(held)
    const before = caseOf(next)
    if (before !== undefined && canonicalJson(saidBy(before)) !== canonicalJson(after))
      this.#output('case', `before ${next.event.event_uid}: ${canonicalSha256(saidBy(before))}`, canonicalSha256(after))
  }

  #input(what: string, recorded: string, found: string): void {
    if (!this.#inputs.has(what)) this.#inputs.set(what, { what, recorded, found })
  }

  #output(what: string, recorded: string, found: string): void {
    if (!this.#outputs.has(what)) this.#outputs.set(what, { what, recorded, found })
  }
}

/** What a case says, apart from how many events it has and which. */
function saidBy({ uid, revision, best, explanation, impact, reasons, policies, always, sent }: OpenCase): object {
  return { uid, revision, best, explanation, impact, reasons, policies, always, sent }
}
