const serviceSuffix = '.googleapis.com'

/**
 * `service:operation` in lower case and without versions, by which calls of one meaning meet: `v1.compute.instances.insert`
 * and `beta.compute.instances.insert` are `compute:instances.insert`; `google.iam.admin.v1.CreateServiceAccountKey` is
 * `iam:createserviceaccountkey`. REST names end in a collection and a verb, gRPC names in a method.
 */
export function operationKey(service: string, method: string): string {
  const short = service.endsWith(serviceSuffix) ? service.slice(0, -serviceSuffix.length) : service
  const words = method.split(/[./]/)
  const last = words.at(-1) ?? ''
  const before = words.at(-2) ?? ''
  const rest = before !== '' && isLower(last) && isLower(before)
  return `${short}:${(rest ? `${before}.${last}` : last).toLowerCase()}`
}

function isLower(word: string): boolean {
  const code = word.charCodeAt(0)
  return code >= 97 && code <= 122
}
