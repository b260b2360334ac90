import { type Check, failure, type Outcome, ok, type Patient, skipped, warning } from './check.ts'

const answerMsMax = 5000

/**
 * Whether there is a receiver of traces at the address that is set: asked with no spans in it, which OTLP lets stand for a
 * request. What it wants to be shown is known to the exporter alone, so a refusal for lack of that is an answer, too.
 */
async function tracesOutcome({ config: { tracesEndpoint } }: Patient): Promise<Outcome> {
  if (tracesEndpoint === '') return skipped('no receiver of traces is set; "tracesEndpoint" would send them')
  const url = `${tracesEndpoint.replace(/\/+$/, '')}/v1/traces`
  let status: number
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf' },
      signal: AbortSignal.timeout(answerMsMax),
    })
    await answer.body?.cancel()
    status = answer.status
  } catch {
    return warning(`${url} does not answer; services go on without traces. Look at the receiver and at tracesEndpoint`)
  }
  if (status === 404 || status === 405)
    return failure(`${url} answers ${status}: it is no receiver of OTLP over HTTP. Its port for that is often 4318`)
  if (status === 401 || status === 403)
    return ok(`${url} answers, and asks who we are: OTEL_EXPORTER_OTLP_HEADERS of the services tells it`)
  return status < 300 ? ok(`${url} takes traces`) : warning(`${url} answers ${status}; look at the receiver's log`)
}

/** Where traces go, if they go anywhere. */
export const tracesChecks: readonly Check[] = [{ name: 'traces', run: tracesOutcome }]
