import type { Exhibit } from '@ostiary/schemas'
import { z } from 'zod'
import { lineJson } from '../sinks/line-json.ts'

/** What a line must have to be an exhibit at all; what is in it is held to its hashes by whoever computes it again. */
const lineSchema = z.object({
  finding_uid: z.string(),
  revision: z.number().int(),
  activity: z.string(),
  time: z.number(),
  identity_uid: z.string(),
  model: z.string(),
  tables: z.string(),
  census: z.string(),
  code: z.string(),
  event: z.looseObject({ event_uid: z.string() }),
  state: z.base64(),
  case_before: z.union([z.null(), z.looseObject({})]),
  event_sha256: z.string(),
  state_sha256: z.string(),
  case_sha256: z.string(),
  finding_sha256: z.string(),
  feedback: z.string().default(''),
})

/** An exhibit as a line of JSON: the identity's state in base64, the case as an object or `null`. */
export function exhibitLine({ state, case_before, event, ...rest }: Exhibit): string {
  const held = case_before.length === 0 ? null : (JSON.parse(Buffer.from(case_before).toString('utf8')) as unknown)
  const { finding_uid, revision, activity, time, ...others } = rest
  const line = {
    finding_uid,
    revision,
    activity,
    time,
    ...others,
    event,
    case_before: held,
    state: Buffer.from(state).toString('base64'),
  }
  return lineJson(line)
}

/** The exhibit in a line; `undefined` where there is none. */
export function exhibitOfLine(line: string): Exhibit | undefined {
  let json: unknown
  try {
    json = JSON.parse(line)
  } catch {
    return undefined
  }
  const parsed = lineSchema.safeParse(json)
  if (!parsed.success) return undefined
  const { state, case_before, ...rest } = parsed.data
  return {
    ...rest,
    state: Buffer.from(state, 'base64'),
    case_before: case_before === null ? Buffer.alloc(0) : Buffer.from(JSON.stringify(case_before), 'utf8'),
  } as unknown as Exhibit
}
