import { createHash } from 'node:crypto'
import { type AccessEvent, canonicalSha256, type Exhibit, type Finding } from '@ostiary/schemas'
import { nextRevision, type OpenCase, type Versions } from '../cases/open-case.ts'
import type { CensusTable } from '../census/census-table.ts'
import { jsonEntry } from '../entries.ts'
import type { ScoringModel } from '../score/scoring-model.ts'
import { ByteReader, ByteWriter } from '../sketches/byte-codec.ts'
import { decodeIdentityState, encodeIdentityState, type IdentityState } from './identity-state.ts'
import { addToCase, judge } from './judgement.ts'
import { Scorer } from './scorer.ts'

const nothing = new Uint8Array(0)

/**
 * What an event made of its case, and from what.
 *
 * @param identity as it is before the event has taught
 * @param before the case before the event; `undefined` where the event opens it
 * @param held the case with it
 * @param finding the revision that was sent for it, if one was
 */
export function exhibitOfEvent(
  event: AccessEvent,
  identity: IdentityState,
  before: OpenCase | undefined,
  held: OpenCase,
  finding: Finding | undefined,
  versions: Versions,
  census: string,
): Exhibit {
  const writer = new ByteWriter()
  encodeIdentityState(identity, writer)
  const activity = finding?.activity ?? 'grow'
  return exhibitOf({
    activity,
    time: event.time,
    event,
    state: writer.finish(),
    before,
    held,
    finding,
    versions,
    census,
  })
}

/** What a case's last revision was made from: nothing is scored, so neither a state nor a census is part of it. */
export function exhibitOfClose(before: OpenCase, held: OpenCase, finding: Finding, versions: Versions): Exhibit {
  const { event } = before.best
  return exhibitOf({
    activity: 'close',
    time: finding.time,
    event,
    state: nothing,
    before,
    held,
    finding,
    versions,
    census: '',
  })
}

interface Parts {
  readonly activity: string
  readonly time: number
  readonly event: AccessEvent
  readonly state: Uint8Array
  readonly before: OpenCase | undefined
  readonly held: OpenCase
  readonly finding: Finding | undefined
  readonly versions: Versions
  readonly census: string
}

function exhibitOf({ activity, time, event, state, before, held, finding, versions, census }: Parts): Exhibit {
  const caseBefore = before === undefined ? nothing : jsonEntry(before)
  return {
    finding_uid: held.uid,
    revision: held.revision,
    identity_uid: event.identity.uid,
    event,
    state,
    model: versions.model,
    tables: versions.tables,
    census,
    code: versions.code,
    feedback: versions.feedback,
    activity,
    time,
    case_before: caseBefore,
    event_sha256: canonicalSha256(event),
    state_sha256: bytesSha256(state),
    case_sha256: bytesSha256(caseBefore),
    finding_sha256: finding === undefined ? '' : canonicalSha256(finding),
  }
}

/** SHA-256 of bytes, in hex. */
export function bytesSha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** What an exhibit comes to when it is computed again. */
export interface Recomputed {
  /** The case with the exhibit's event; after its last revision where it closes. */
  readonly held: OpenCase
  /** The revision that is due; `undefined` where none is. */
  readonly finding: Finding | undefined
}

/**
 * Computes an exhibit again, by the code that made it: the event is judged against the identity's state and the census, added to
 * the case before it, and the revision that is due is read off the case.
 *
 * @throws TypeError, RangeError or SyntaxError where its state or case cannot be read
 */
export function recompute(exhibit: Exhibit, model: ScoringModel, census: CensusTable): Recomputed {
  const before = caseOf(exhibit)
  const { tables, code, feedback } = exhibit
  const versions = { model: model.id, tables, code, feedback }
  if (exhibit.activity === 'close') {
    if (before === undefined) throw new TypeError('Cannot close a case that is not there')
    return { held: before, finding: nextRevision(before, true, exhibit.time, versions) }
  }
  const identity = decodeIdentityState(new ByteReader(exhibit.state))
  const scorer = new Scorer()
  const judged = judge(exhibit.event, identity, census, model, scorer)
  const held = addToCase(before, judged, identity, model, scorer, 0)
  return { held, finding: nextRevision(held, false, exhibit.event.time, versions) }
}

/** The case before an exhibit's event; `undefined` where the event opened it. */
export function caseOf({ case_before }: Exhibit): OpenCase | undefined {
  return case_before.length === 0 ? undefined : (JSON.parse(Buffer.from(case_before).toString('utf8')) as OpenCase)
}
