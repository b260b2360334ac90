import { type EventScore, signals } from '@ostiary/models'
import { lineJson } from '../sinks/line-json.ts'

const signalNames: readonly string[] = signals.map((signal) => JSON.stringify(signal.id))

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
    if (thousandths !== 0) read += `${read === '' ? '' : ','}${signalNames[i]}:${thousandths / 1000}`
  }
  return (
    `{"event_id":${lineJson(event.event_uid)},"time":"${new Date(event.time).toISOString()}",` +
    `"identity":${lineJson(nameOf(event.identity.uid))},"issuer":${lineJson(nameOf(event.identity.issuer_uid))},` +
    `"score":${score},"surprise":${surprise},"impact":${impact},"signals":{${read}}}`
  )
}
