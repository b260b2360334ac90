import { checkWritable, writeAtomically } from '../files/write-atomically.ts'
import { AlertSpool } from './alert-spool.ts'
import type { AlertLine, Sink } from './sink.ts'

/**
 * Alerts as a file of lines: one a finding, its last revision, by score. Written beside its place and moved there when
 * it is whole, so that no reader sees half of it.
 *
 * @throws OstiaryError `output.unwritable`, at once where the file cannot be written, or from `close`
 */
export function fileSink(path: string, line: AlertLine): Sink {
  checkWritable(path)
  const spool = new AlertSpool(line)
  return {
    id: 'file',
    get leftOut() {
      return spool.leftOut
    },
    write: async (alert) => spool.add(alert),
    async close() {
      try {
        await writeAtomically(path, spool.lines())
      } finally {
        spool.close()
      }
    },
  }
}
