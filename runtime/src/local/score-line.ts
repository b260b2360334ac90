import { type EventScore, signals } from '@ostiary/models'
import { rfc3339 } from '@ostiary/schemas'
import { lineJson } from '../sinks/line-json.ts'

const signalNames: readonly string[] = signals.map((signal) => JSON.stringify(signal.id))
/** What a number of thousandths prints behind its whole part. */
const fractions: readonly string[] = Array.from({ length: 1000 }, (_, thousandths) =>
  String(thousandths / 1000).slice(1),
)

/** As `String(thousandths / 1000)`, of a whole number: printing a fraction is most of what a line costs. */
function decimal(thousandths: number): string {
  if (thousandths < 0) return `-${decimal(-thousandths)}`
  return `${Math.floor(thousandths / 1000)}${fractions[thousandths % 1000]}`
}

/**
 * An event's score as a line of JSON: calibrated bits, and each signal's own bits to a thousandth, where it has any.
 *
 * @param nameOf what to call an identity: its pseudonym, or its name for who may see it
 */
export function scoreLine(
  { event, score, surprise, impact, nats }: EventScore,
  nameOf: (uid: string) => string,
): string {
  let read = ''
  for (let i = 0; i < nats.length; i++) {
    const thousandths = Math.round(nats[i]! * Math.LOG2E * 1000)
    if (thousandths !== 0) read += `${read === '' ? '' : ','}${signalNames[i]}:${decimal(thousandths)}`
  }
  return (
    `{"event_id":${lineJson(event.event_uid)},"time":"${rfc3339(event.time)}",` +
    `"identity":${lineJson(nameOf(event.identity.uid))},"issuer":${lineJson(nameOf(event.identity.issuer_uid))},` +
    `"score":${score},"surprise":${surprise},"impact":${impact},"signals":{${read}}}`
  )
}
