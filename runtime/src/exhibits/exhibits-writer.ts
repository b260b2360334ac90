import { chmodSync, statSync } from 'node:fs'
import type { CensusTable } from '@ostiary/models'
import type { Exhibit } from '@ostiary/schemas'
import { LineWriter } from '../files/line-writer.ts'
import { censusFolderOf, keepCensus } from './census-folder.ts'
import { exhibitLine } from './exhibit-line.ts'

/** Bytes of exhibits in one file; later ones are left out, and counted. */
export const exhibitsBytesMax: number = 4 * 1024 * 1024 * 1024
/** Census tables that one run keeps: one a day. Exhibits of later days are left out, and counted. */
export const exhibitTablesMax = 1024

export interface ExhibitsWriterOptions {
  /** Census that whoever has the model has too. */
  readonly modelCensus: string
  readonly bytesMax?: number
  readonly tablesMax?: number
}

/** Exhibits to a file, a line each, and the census tables they name into a folder beside it. For the owner only. */
export class ExhibitsWriter {
  readonly #lines: LineWriter
  readonly #folder: string
  readonly #options: ExhibitsWriterOptions
  readonly #tables: Set<string> = new Set()
  #bytes = 0
  #written = 0
  #leftOut = 0

  /** @throws OstiaryError `output.unwritable`. An existing file is replaced; tables that are there stay. */
  constructor(file: string, options: ExhibitsWriterOptions) {
    this.#lines = new LineWriter(file)
    // A file that was there before may be open to others; a device is not ours to close to them.
    if (statSync(file).isFile()) chmodSync(file, 0o600)
    this.#folder = censusFolderOf(file)
    this.#options = options
  }

  get counts(): { readonly written: number; readonly leftOut: number } {
    return { written: this.#written, leftOut: this.#leftOut }
  }

  /** @throws OstiaryError `output.unwritable` */
  write(exhibit: Exhibit, census: CensusTable | undefined): void {
    const line = exhibitLine(exhibit)
    const bytes = Buffer.byteLength(line) + 1
    if (this.#bytes + bytes > (this.#options.bytesMax ?? exhibitsBytesMax) || !this.#keeps(census)) {
      this.#leftOut += 1
      return
    }
    this.#bytes += bytes
    this.#written += 1
    this.#lines.write(line)
  }

  close(): void {
    this.#lines.close()
  }

  /** Sees to it that a table is kept; false where there is no room for it. */
  #keeps(census: CensusTable | undefined): boolean {
    if (census === undefined || census.id === this.#options.modelCensus || this.#tables.has(census.id)) return true
    if (this.#tables.size >= (this.#options.tablesMax ?? exhibitTablesMax)) return false
    keepCensus(this.#folder, census)
    this.#tables.add(census.id)
    return true
  }
}
