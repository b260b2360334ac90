import type { Writable } from 'node:stream'
import { AlertSpool } from './alert-spool.ts'
import type { AlertLine, Sink } from './sink.ts'

/** Alerts as lines on a stream that stays open, such as standard output: the same lines as the file's, at the end. */
export function streamSink(stream: Writable, line: AlertLine): Sink {
  const spool = new AlertSpool(line)
  return {
    id: 'stdout',
    get leftOut() {
      return spool.leftOut
    },
    write: async (alert) => spool.add(alert),
    async close() {
      try {
        for (const bytes of spool.lines()) await written(stream, bytes)
        await flushed(stream)
      } finally {
        spool.close()
      }
    },
  }
}

/** Resolves when the stream can take more; at once when its reader has gone, since nobody is left to tell. */
async function written(stream: Writable, bytes: Buffer): Promise<void> {
  if (stream.destroyed || stream.write(bytes)) return
  await new Promise<void>((resolve) => {
    const settle = (): void => {
      stream.off('drain', settle)
      stream.off('close', settle)
      resolve()
    }
    stream.once('drain', settle)
    stream.once('close', settle)
  })
}

/** Resolves when the stream has passed on all it took, or its reader has gone. */
async function flushed(stream: Writable): Promise<void> {
  if (stream.destroyed) return
  await new Promise<void>((resolve) => {
    const settle = (): void => {
      stream.off('close', settle)
      resolve()
    }
    stream.once('close', settle)
    // Called once everything before it is written.
    stream.write('', settle)
  })
}
