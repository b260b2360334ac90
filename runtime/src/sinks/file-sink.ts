import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { OstiaryError } from '@ostiary/schemas'
import { AlertSpool } from './alert-spool.ts'
import type { AlertLine, Sink } from './sink.ts'

/**
 * Alerts as a file of lines: one a finding, its last revision, by score. Written beside its place and moved there when
 * it is whole, so that no reader sees half of it.
 */
export function fileSink(path: string, line: AlertLine): Sink {
  const spool = new AlertSpool(line)
  return {
    id: 'file',
    write: async (alert) => spool.add(alert),
    async close() {
      const partial = `${path}.partial`
      try {
        await pipeline(Readable.from(spool.lines()), createWriteStream(partial, { mode: 0o600 }))
        await rename(partial, path)
      } catch (error) {
        await rm(partial, { force: true })
        const detail = error instanceof Error ? error.message : String(error)
        throw new OstiaryError('output.unwritable', `Cannot write alerts to "${path}": ${detail}`, { cause: error })
      } finally {
        spool.close()
      }
    },
  }
}
