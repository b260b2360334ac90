import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MapByAge } from '@ostiary/models'
import { type Alert, OstiaryError } from '@ostiary/schemas'
import type { AlertLine } from './sink.ts'

/** Most findings whose last revision is held; over that the one with the lowest score is left out, and counted. */
const findingsDefaultMax = 1_000_000
/** Findings whose last revision is not put into words yet: while a case is open, another revision soon takes its place. */
const unwrittenMax = 256
/** Bytes of lines that are written, and read back, at a time. */
const blockBytes = 262_144

interface Held {
  readonly revision: number
  readonly score: number
}

interface Place {
  readonly offset: number
  readonly length: number
}

/**
 * The last revision of every finding, as lines in order of score. Lines lie in a temporary file that has no name, so
 * that memory holds a few numbers a finding and nothing is left behind whatever happens. A revision becomes a line once its
 * finding has been silent for longer than `unwrittenMax` others: most never do, and a line costs more than all else here.
 */
export class AlertSpool {
  readonly #line: AlertLine
  readonly #findingsMax: number
  readonly #held: Map<string, Held> = new Map()
  /** Of what is held: what waits, the longest silent first, and where the others' lines are. */
  readonly #unwritten: MapByAge<string, Alert> = new MapByAge()
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
    return this.#held.size
  }

  /** Findings that found no room. */
  get leftOut(): number {
    return this.#leftOut
  }

  /** Takes a revision; an older one than what is held changes nothing. */
  add(alert: Alert): void {
    const { finding_uid: uid, revision, score } = alert
    const held = this.#held.get(uid)
    if (held !== undefined && held.revision >= revision) return
    if (held === undefined && this.#held.size >= this.#findingsMax && !this.#makeRoom(score)) return
    this.#held.set(uid, { revision, score })
    this.#unwritten.delete(uid)
    this.#unwritten.set(uid, alert)
    if (this.#unwritten.size > unwrittenMax) this.#writeOldest()
  }

  /** Every line with its line break, by score falling, then by id; many at a time, as each piece costs its reader a turn. */
  *lines(): Generator<Buffer> {
    while (this.#unwritten.size > 0) this.#writeOldest()
    this.#flush()
    const ordered = [...this.#held].sort(([idA, a], [idB, b]) => b.score - a.score || (idA < idB ? -1 : 1))
    let block = Buffer.alloc(0)
    let used = 0
    for (const [uid] of ordered) {
      const place = this.#places.get(uid)!
      if (used + place.length > block.length) {
        if (used > 0) yield block.subarray(0, used)
        block = Buffer.allocUnsafeSlow(Math.max(blockBytes, place.length))
        used = 0
      }
      this.#read(place, block, used)
      used += place.length
    }
    if (used > 0) yield block.subarray(0, used)
  }

  close(): void {
    closeSync(this.#fd)
  }

  #makeRoom(score: number): boolean {
    this.#leftOut += 1
    let least: string | undefined
    let leastScore = score
    for (const [id, held] of this.#held)
      if (held.score < leastScore) {
        least = id
        leastScore = held.score
      }
    if (least === undefined) return false
    this.#held.delete(least)
    this.#unwritten.delete(least)
    this.#places.delete(least)
    return true
  }

  #writeOldest(): void {
    const [uid, alert] = this.#unwritten.takeOldest()!
    const bytes = Buffer.from(`${this.#line(alert)}\n`, 'utf8')
    this.#places.set(uid, { offset: this.#end, length: bytes.length })
    this.#end += bytes.length
    this.#buffered.push(bytes)
    this.#bufferedBytes += bytes.length
    if (this.#bufferedBytes >= blockBytes) this.#flush()
  }

  #read({ offset, length }: Place, into: Buffer, at: number): void {
    let read = 0
    while (read < length) {
      const more = readSync(this.#fd, into, at + read, length - read, offset + read)
      if (more === 0) throw new OstiaryError('internal', 'Cannot read back alerts: their temporary file was cut short')
      read += more
    }
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
