import { type Alert, OstiaryError } from '@ostiary/schemas'
import { unwritable } from '../files/write-atomically.ts'
import { DeliveryQueue } from './delivery-queue.ts'
import { type Attempt, keepTrying, type RetryOptions } from './keep-trying.ts'
import { recalledRevisions } from './recalled-revisions.ts'
import { filesMaxMost, RotatingFile } from './rotating-file.ts'
import { type AlertLine, type ForwardingSink, newSinkCounts } from './sink.ts'

export interface RotatingFileSinkOptions extends Omit<RetryOptions, 'onRetry'> {
  /** A file is closed before it would grow over this; 64 MiB unless given. */
  readonly fileBytesMax?: number | undefined
  /** Files that are kept, the one that is written to among them; 10 unless given. */
  readonly filesMax?: number | undefined
  /** Alerts that wait or are under way; `write` waits when there are as many. */
  readonly waitingMax?: number | undefined
}

const fileBytesMaxByDefault = 64 * 1024 * 1024
const filesMaxByDefault = 10
/** Alerts that are flushed to disk together. */
const batchMax = 100

/**
 * Alerts as lines that are appended to a file, which rotates by its size. What was written before is known from its newest
 * lines, so that a restart repeats nothing.
 *
 * @throws OstiaryError `config.invalid`, or `output.unwritable` at once where the file cannot be opened
 */
export function rotatingFileSink(path: string, line: AlertLine, options: RotatingFileSinkOptions): ForwardingSink {
  const { fileBytesMax = fileBytesMaxByDefault, filesMax = filesMaxByDefault, waitingMax } = options
  checkCount('fileBytesMax', fileBytesMax, Number.MAX_SAFE_INTEGER)
  checkCount('filesMax', filesMax, filesMaxMost)
  const { file, sent } = opened(path, { log: options.log, fileBytesMax, filesMax })
  const counts = newSinkCounts()
  const onRetry = (): void => {
    counts.retries += 1
  }
  const queue = new DeliveryQueue({
    async deliver(alerts) {
      for (const chunk of chunksOf(alerts, line, file)) {
        await keepTrying(`append alerts to "${path}"`, () => attempt(path, file, chunk.bytes), { ...options, onRetry })
        counts.sent += chunk.alerts.length
        // At once: the next piece may fail, and what is on disk is not to be written again then.
        for (const alert of chunk.alerts) sent.add(alert)
      }
    },
    ...{ counts, lanes: 1, batchMax, waitingMax, sent },
  })
  return {
    id: 'rotating_file',
    counts,
    write: (alert) => queue.write(alert),
    flush: () => queue.flush(),
    async close() {
      try {
        await queue.flush()
      } finally {
        file.close()
      }
    },
  }
}

function opened(path: string, options: ConstructorParameters<typeof RotatingFile>[1]) {
  try {
    const file = new RotatingFile(path, options)
    return { file, sent: recalledRevisions(file.files) }
  } catch (cause) {
    throw unwritable(path, cause)
  }
}

/** A full disk may get room again; what else fails is not mended by time. */
async function attempt(path: string, file: RotatingFile, lines: Buffer): Promise<Attempt> {
  try {
    await file.append(lines)
    return { outcome: 'taken' }
  } catch (cause) {
    const error = unwritable(path, cause)
    if (!error.retriable) throw error
    return { outcome: 'away', why: error.message }
  }
}

interface Chunk {
  readonly bytes: Buffer
  readonly alerts: readonly Alert[]
}

/** Lines in pieces that each fit into what room a file has; a line that is longer than a file has one to itself. */
function* chunksOf(alerts: readonly Alert[], line: AlertLine, file: RotatingFile): Generator<Chunk> {
  let pieces: Buffer[] = []
  let held: Alert[] = []
  let roomBytes = 0
  for (const alert of alerts) {
    const piece = Buffer.from(`${line(alert)}\n`, 'utf8')
    if (held.length > 0 && piece.length > roomBytes) {
      yield { bytes: Buffer.concat(pieces), alerts: held }
      pieces = []
      held = []
    }
    if (held.length === 0) roomBytes = file.roomBytesFor(piece.length)
    pieces.push(piece)
    held.push(alert)
    roomBytes -= piece.length
  }
  if (held.length > 0) yield { bytes: Buffer.concat(pieces), alerts: held }
}

function checkCount(name: string, value: number, max: number): void {
  if (!Number.isInteger(value) || value < 1 || value > max)
    throw new OstiaryError('config.invalid', `Cannot rotate files with ${name} "${value}": it must be 1 to ${max}`)
}
