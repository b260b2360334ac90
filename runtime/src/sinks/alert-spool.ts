import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Alert } from '@ostiary/schemas'
import { OstiaryError } from '@ostiary/schemas'
import type { AlertLine } from './sink.ts'

/** Most findings whose last revision is held; over that the one with the lowest score is left out, and counted. */
const findingsDefaultMax = 1_000_000
/** Lines up to this many bytes wait in memory before they are written. */
const bufferBytesMax = 262_144

interface Place {
  readonly revision: number
  readonly score: number
  readonly offset: number
  readonly length: number
}

/**
 * The last revision of every finding, as lines in order of score. Lines lie in a temporary file that has no name, so
 * that memory holds a few numbers a finding and nothing is left behind whatever happens.
 */
export class AlertSpool {
  readonly #line: AlertLine
  readonly #findingsMax: number
  readonly #places: Map<string, Place> = new Map()
  readonly #fd: number
  #buffered: Buffer[] = []
  #bufferedBytes = 0
  #end = 0
  #leftOut = 0

  constructor(line: AlertLine, options: { readonly findingsMax?: number } = {}) {
    this.#line = line
    this.#findingsMax = options.findingsMax ?? findingsDefaultMax
    const folder = mkdtempSync(join(tmpdir(), 'ostiary-'))
    this.#fd = openSync(join(folder, 'alerts'), 'wx+', 0o600)
    rmSync(folder, { recursive: true })
  }

  get size(): number {
    return this.#places.size
  }

  /** Findings that found no room. */
  get leftOut(): number {
    return this.#leftOut
  }

  /** Takes a revision; an older one than what is held changes nothing. */
  add(alert: Alert): void {
    const held = this.#places.get(alert.finding_uid)
    if (held !== undefined && held.revision >= alert.revision) return
    if (held === undefined && this.#places.size >= this.#findingsMax && !this.#makeRoom(alert.score)) return
    const bytes = Buffer.from(`${this.#line(alert)}\n`, 'utf8')
    const place = { revision: alert.revision, score: alert.score, offset: this.#end, length: bytes.length }
    this.#places.set(alert.finding_uid, place)
    this.#end += bytes.length
    this.#buffered.push(bytes)
    this.#bufferedBytes += bytes.length
    if (this.#bufferedBytes >= bufferBytesMax) this.#flush()
  }

  /** Every line with its line break, by score falling, then by id. */
  *lines(): Generator<Buffer> {
    this.#flush()
    const ordered = [...this.#places].sort(([idA, a], [idB, b]) => b.score - a.score || (idA < idB ? -1 : 1))
    for (const [, { offset, length }] of ordered) {
      const bytes = Buffer.alloc(length)
      let read = 0
      while (read < length) {
        const more = readSync(this.#fd, bytes, read, length - read, offset + read)
        if (more === 0)
          throw new OstiaryError('internal', 'Cannot read back alerts: their temporary file was cut short')
        read += more
      }
      yield bytes
    }
  }

  close(): void {
    closeSync(this.#fd)
  }

  #makeRoom(score: number): boolean {
    this.#leftOut += 1
    let least: string | undefined
    let leastScore = score
    for (const [id, place] of this.#places)
      if (place.score < leastScore) {
        least = id
        leastScore = place.score
      }
    if (least === undefined) return false
    this.#places.delete(least)
    return true
  }

  #flush(): void {
    if (this.#bufferedBytes === 0) return
    const bytes = Buffer.concat(this.#buffered)
    this.#buffered = []
    this.#bufferedBytes = 0
    let written = 0
    while (written < bytes.length) written += writeSync(this.#fd, bytes, written)
  }
}
