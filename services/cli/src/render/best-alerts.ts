import type { Alert } from '@ostiary/schemas'

/** The alerts worth a place in a short list: pages before the digest, then by score. Last revisions only, bounded. */
export class BestAlerts {
  readonly #sizeMax: number
  readonly #alerts: Map<string, Alert> = new Map()

  constructor(sizeMax: number) {
    this.#sizeMax = sizeMax
  }

  get size(): number {
    return this.#alerts.size
  }

  add(alert: Alert): void {
    this.#alerts.set(alert.finding_uid, alert)
    // Trimmed seldom, so that sorting costs little.
    if (this.#alerts.size > 4 * this.#sizeMax) this.#trim()
  }

  /** Best first. */
  ordered(): Alert[] {
    return [...this.#alerts.values()].sort(before).slice(0, this.#sizeMax)
  }

  #trim(): void {
    const kept = this.ordered()
    this.#alerts.clear()
    for (const alert of kept) this.#alerts.set(alert.finding_uid, alert)
  }
}

function before(a: Alert, b: Alert): number {
  const pages = Number(b.disposition === 'page') - Number(a.disposition === 'page')
  return pages || b.score - a.score || (a.finding_uid < b.finding_uid ? -1 : 1)
}
