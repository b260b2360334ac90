import type { Alert, Disposition } from '@ostiary/schemas'
import { HttpDelivery, type HttpSinkOptions } from './http-delivery.ts'
import { OpenAlerts } from './open-alerts.ts'
import { receiverUrl } from './receiver-url.ts'
import type { ForwardingSink } from './sink.ts'

export interface AlertmanagerOptions extends HttpSinkOptions {
  /** What is sent; pages unless given, since whom Alertmanager calls is called to act. */
  readonly dispositions?: readonly Disposition['disposition'][] | undefined
  /** Where a reader of the alert can look it up. */
  readonly generatorUrlOf?: ((alert: Alert) => string) | undefined
}

/** Alerts of one request. */
const batchMax = 64

/**
 * Alerts to Prometheus Alertmanager. A finding is one alert there until its case closes; when its severity or best reason
 * changes, so do its labels, and the alert under the former ones is ended by the same request.
 *
 * @throws OstiaryError `config.invalid`
 */
export function alertmanagerSink(options: AlertmanagerOptions): ForwardingSink {
  const dispositions = new Set<string>(options.dispositions ?? ['page'])
  const url = receiverUrl(options.url, options)
  url.pathname = `${url.pathname.replace(/\/$/, '')}/api/v2/alerts`
  const open = new OpenAlerts(options.generatorUrlOf)
  const delivery = new HttpDelivery({ ...options, url: url.href }, batchMax, (alerts) => {
    const last = lastRevisions(alerts)
    return {
      body: JSON.stringify(last.flatMap((alert) => open.alertsOf(alert, Date.now()))),
      headers: { 'Content-Type': 'application/json', 'User-Agent': 'ostiary' },
      onTaken: () => {
        for (const alert of last) open.arrived(alert)
      },
    }
  })
  return {
    id: 'alertmanager',
    counts: delivery.counts,
    async write(alert) {
      if (dispositions.has(alert.disposition)) await delivery.write(alert)
      else delivery.counts.passedOver += 1
    },
    flush: () => delivery.flush(),
    close: () => delivery.close(),
  }
}

/** Alertmanager holds what is true now: of revisions that wait together, only the last has something to tell. */
function lastRevisions(alerts: readonly Alert[]): readonly Alert[] {
  return [...new Map(alerts.map((alert) => [alert.finding_uid, alert])).values()]
}
