import { SchemaClient, subjectOf, topicNames, topics } from '@ostiary/runtime/kafka'
import { type Check, failure, type Outcome, ok, type Patient, skipped, warning } from './check.ts'

/** Clocks that are further apart bend latencies and freshness; an HTTP date is exact to a second. */
const skewWarningMs = 2500
/** What no machine that keeps time reaches. */
const skewFailureMs = 60_000
const unset = 'no registry is set; set "registryUrl" or OSTIARY_REGISTRY_URL'

/** The registry answers and lets us in, and our schemas can read what lies under their subjects. */
async function registryOutcome({ config, env }: Patient): Promise<Outcome> {
  if (config.registryUrl === '') return skipped(unset)
  const client = new SchemaClient(config, env)
  await client.ask()
  let fresh = 0
  const refused: string[] = []
  for (const name of topicNames)
    for (const schema of topics[name].schemas) {
      const topic = config.topicPrefix + name
      const standing = await client.compatibility(topic, schema)
      if (standing === 'new') fresh += 1
      if (standing === 'incompatible') refused.push(subjectOf(topic, schema))
    }
  if (refused.length > 0)
    return failure(
      `${config.registryUrl} holds schemas that ours cannot follow: ${refused.join(', ')}. Run the version that wrote them, or another --topic-prefix`,
    )
  const rest = fresh === 0 ? '' : `; ${fresh} subjects are not there yet`
  return ok(`${config.registryUrl} answers, and our schemas can read what it holds${rest}`)
}

/** @param answer when the registry's answer began on its clock, to the second, and on ours before and after asking */
export function clockOutcome(answer: {
  readonly theirsMs: number | undefined
  readonly beforeMs: number
  readonly afterMs: number
}): Outcome {
  const { theirsMs, beforeMs, afterMs } = answer
  if (theirsMs === undefined) return skipped('the registry does not say what time it is')
  // Their second began up to a second before they answered, and they answered at some time while we waited.
  const aheadMs = Math.max(0, beforeMs - (theirsMs + 1000))
  const behindMs = Math.max(0, theirsMs - afterMs)
  const skewMs = Math.max(aheadMs, behindMs)
  if (skewMs < skewWarningMs) return ok("this clock and the registry's agree to the second")
  const text = `this clock is ${Math.round(skewMs / 1000)} s ${aheadMs > 0 ? 'ahead of' : 'behind'} the registry's`
  const why = 'latencies are measured against it, and records dated ahead of it are rejected: let NTP set both'
  return skewMs < skewFailureMs ? warning(`${text}; ${why}`) : failure(`${text}; ${why}`)
}

async function clockCheck({ config, env }: Patient): Promise<Outcome> {
  if (config.registryUrl === '') return skipped(unset)
  const beforeMs = Date.now()
  const theirsMs = await new SchemaClient(config, env).ask()
  return clockOutcome({ theirsMs, beforeMs, afterMs: Date.now() })
}

/** What the registry is asked. */
export const registryChecks: readonly Check[] = [
  { name: 'registry', run: registryOutcome },
  { name: 'clock', after: ['registry'], run: clockCheck },
]
