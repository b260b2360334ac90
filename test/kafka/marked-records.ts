import { type JsonObject, normaliseRecord, type Outcome, sources } from '@ostiary/schemas'
import { canary, leavesOf, withMember } from '../conformance/canary.ts'
import { fixturesOf } from '../conformance/source-fixtures.ts'

/** Every so many places of a record are marked: enough to go through every path of the code, in a time that can be waited for. */
const stride = 5

/** Records of every source with a mark in one place each, but for the id that events are told apart by. */
export function markedRecords(): readonly string[] {
  const marked: string[] = []
  let place = 0
  for (const source of sources)
    for (const { record } of fixturesOf(source.id))
      for (const keys of leavesOf(record)) {
        place += 1
        if (place % stride !== 0) continue
        const one = withMember(record, keys, canary)
        if (!idOf(one).includes(canary)) marked.push(JSON.stringify(one))
      }
  return marked
}

/** What no source can read, with marks in it. */
export const unreadableRecords: readonly string[] = [
  `{"userIdentity":{"arn":"arn:aws:iam::123456789012:user/${canary}"}`,
  `{"what":"${canary}"}`,
  `["${canary}"]`,
  `"${canary}"`,
  `{"eventVersion":"1.08","eventTime":"${canary}","eventSource":"s3.amazonaws.com","eventName":"${canary}","userIdentity":"${canary}"}`,
]

function idOf(record: JsonObject): string {
  let id = ''
  normaliseRecord(record, (outcome: Outcome) => {
    if (outcome.kind === 'event') id += outcome.event.eventUid
  })
  return id
}
