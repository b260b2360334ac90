import { type ClearResource, resourcesMax } from '../../clear-event.ts'
import type { JsonObject } from '../../source.ts'
import { arrayOf, isObject, objectOf, textOf } from '../read-json.ts'

/** Collections whose members live for one call or one run: only the collection is kept, else every name would be new. */
const passing =
  /\/(?:jobs|operations|builds|executions|queries|sessions|pods|replicasets|events|leases|tokenreviews|subjectaccessreviews|certificatesigningrequests)\/.*$/
/** A bucket's objects, a secret's or a key's versions: the resource is the bucket, the secret, the key. */
const parts = /\/(?:objects|versions|cryptoKeyVersions|revisions)\/.*$/

function stableName(name: string): string {
  const scheme = name.startsWith('//') ? name.slice(name.indexOf('/', 2) + 1) : name
  return scheme.replace(parts, '').replace(passing, (whole) => whole.slice(0, whole.indexOf('/', 1)))
}

/**
 * The project in a resource's name. `_` and `-` stand for "whichever", and a number is a project's other name, which the
 * record does not translate: both are taken for the record's own project.
 */
function accountOf(name: string, own: string): string {
  const project = /^projects\/([^/]+)/.exec(name)?.[1] ?? ''
  return project === '' || project === '_' || project === '-' || /^[0-9]+$/.test(project) ? own : project
}

/** A Kubernetes name is one of its cluster's: `core/v1/namespaces/shop/secrets/card-key`. */
function inCluster(name: string, payload: JsonObject, labels: JsonObject): string {
  if (textOf(payload['serviceName']) !== 'k8s.io') return name
  const cluster = textOf(labels['cluster_name'])
  return cluster === '' ? name : `${textOf(labels['project_id'])}/${textOf(labels['location'])}/${cluster}/${name}`
}

/**
 * What the call touched: the resource it names, then those it was authorised for. At most `resourcesMax`.
 *
 * @param type the monitored resource's type, `gcs_bucket`, for the resource that the call names
 */
export function resourcesOf(
  payload: JsonObject,
  labels: JsonObject,
  type: string,
  accountUid: string,
): readonly ClearResource[] {
  const found: ClearResource[] = []
  const add = (name: string, kind: string) => {
    const stable = stableName(name)
    const uid = inCluster(stable, payload, labels)
    if (uid === '' || found.length >= resourcesMax || found.some((held) => held.uid === uid)) return
    found.push({ uid, type: kind || type, accountUid: accountOf(stable, accountUid) })
  }
  const checks = arrayOf(payload['authorizationInfo'])
  const main = textOf(payload['resourceName'])
  add(main, typeOf(checks, main))
  for (const check of checks) {
    if (found.length >= resourcesMax) break
    if (!isObject(check)) continue
    const attributes = objectOf(check['resourceAttributes'])
    add(textOf(check['resource']) || textOf(attributes['name']), textOf(attributes['type']))
  }
  return found
}

/** The type that an authorisation of that very resource states. */
function typeOf(checks: readonly unknown[], name: string): string {
  for (const check of checks.slice(0, resourcesMax)) {
    if (!isObject(check)) continue
    const attributes = objectOf(check['resourceAttributes'])
    if (textOf(attributes['name']) === name) return textOf(attributes['type'])
  }
  return ''
}
