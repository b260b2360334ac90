import { type ClearResource, resourcesMax } from '../../clear-event.ts'
import type { JsonObject } from '../../source.ts'
import { nestedArray } from '../microsoft/nested-value.ts'
import { pick, pickText } from '../microsoft/pick.ts'
import { lowerId, plainCode } from '../microsoft/plain-text.ts'
import { isObject } from '../read-json.ts'

/** Most targets of one activity that are looked at. */
const targetsMax = 32
/** Most changed properties of one target that are looked at. */
const propertiesMax = 64
/** What every request makes anew, or what is the directory itself. */
const passing = new Set(['request', 'directory', 'other'])

export interface Target {
  readonly id: string
  readonly type: string
  readonly name: string
  readonly changes: readonly Change[]
}

/** A changed property: its name, and its values without the quotes and brackets they are wrapped in. */
export interface Change {
  readonly name: string
  readonly oldValues: readonly string[]
  readonly newValues: readonly string[]
}

/** Values are JSON in text: `"\"Owner\""`, `"[\"a\"]"`, `"[]"`. */
function valuesOf(value: unknown): readonly string[] {
  if (typeof value !== 'string' || value === '') return []
  let inner: unknown = value
  try {
    inner = JSON.parse(value)
  } catch {
    // Some services write their values bare.
  }
  const list = Array.isArray(inner) ? inner : [inner]
  return list.flatMap((one) => (typeof one === 'string' ? (one === '' ? [] : [one]) : isObject(one) ? ['{}'] : []))
}

function changesOf(target: JsonObject): readonly Change[] {
  return nestedArray(target['modifiedProperties'])
    .slice(0, propertiesMax)
    .filter(isObject)
    .map((property) => ({
      name: pickText(property, ['displayName']),
      oldValues: valuesOf(property['oldValue']),
      newValues: valuesOf(property['newValue']),
    }))
}

/** What an activity was done to. Values of changed properties are looked at for facts and never kept. */
export function targetsOf(fields: JsonObject): readonly Target[] {
  return nestedArray(pick(fields, ['targetResources', 'TargetResources']))
    .slice(0, targetsMax)
    .filter(isObject)
    .map((target) => ({
      id: lowerId(pickText(target, ['id'])),
      type: plainCode(pickText(target, ['type'])),
      name: pickText(target, ['userPrincipalName', 'displayName']),
      changes: changesOf(target),
    }))
}

export function resourcesOf(targets: readonly Target[], tenant: string): readonly ClearResource[] {
  const found: ClearResource[] = []
  for (const { id, type, name } of targets) {
    const uid = id || lowerId(name)
    if (uid === '' || passing.has(type.toLowerCase()) || found.some((held) => held.uid === uid)) continue
    found.push({ uid, type, accountUid: tenant })
    if (found.length === resourcesMax) break
  }
  return found
}
