import { caseMaximaMax } from '../src/calibration/calibration.ts'
import { MapByAge } from '../src/sketches/map-by-age.ts'

/** Most identities whose running hour is held; the one seen first is closed to make room. */
const runningHoursMax = 262_144

/** The highest scores of identities' hours, which stand for cases. */
export class HourMaxima {
  readonly #running: MapByAge<string, { hour: number; nats: number }> = new MapByAge()
  #closed: number[] = []

  add(uid: string, hour: number, nats: number): void {
    const running = this.#running.get(uid)
    if (running !== undefined && running.hour === hour) {
      if (nats > running.nats) running.nats = nats
      return
    }
    if (running !== undefined) this.#close(running.nats)
    this.#running.delete(uid)
    this.#running.set(uid, { hour, nats })
    if (this.#running.size <= runningHoursMax) return
    const oldest = this.#running.takeOldest()
    if (oldest !== undefined) this.#close(oldest[1].nats)
  }

  /** Nats, falling; at most `caseMaximaMax`. */
  highest(): number[] {
    for (const { nats } of this.#running.values()) this.#close(nats)
    this.#running.clear()
    return this.#trimmed()
  }

  #close(nats: number): void {
    this.#closed.push(nats)
    if (this.#closed.length >= 4 * caseMaximaMax) this.#closed = this.#trimmed()
  }

  #trimmed(): number[] {
    return this.#closed.sort((a, b) => b - a).slice(0, caseMaximaMax)
  }
}
