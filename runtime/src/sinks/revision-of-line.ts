import type { Revised } from './sent-revisions.ts'

type Json = { readonly [key: string]: unknown } | null | undefined

/** Which revision of which finding an alert's line holds, in either format; `undefined` for a line that is none. */
export function revisionOfLine(line: string): Revised | undefined {
  let json: Json
  try {
    json = JSON.parse(line) as Json
  } catch {
    return undefined
  }
  const info = json?.['finding_info'] as Json
  const own = (json?.['unmapped'] as Json)?.['ostiary'] as Json
  const uid = json?.['finding_uid'] ?? info?.['uid']
  const revision = json?.['revision'] ?? own?.['revision']
  return typeof uid === 'string' && typeof revision === 'number' ? { finding_uid: uid, revision } : undefined
}
