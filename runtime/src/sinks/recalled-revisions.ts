import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { revisionOfLine } from './revision-of-line.ts'
import { SentRevisions } from './sent-revisions.ts'

/** Bytes of the newest lines that are read back: some 15 000 alerts, where a restart repeats a hundred at most. */
const recalledBytesMax = 64 * 1024 * 1024
/** A longer line is passed over. */
const lineBytesMax = 4 * 1024 * 1024
const pieceBytes = 1024 * 1024

/**
 * What the newest lines of files of alerts say was written.
 *
 * @param files newest first
 */
export function recalledRevisions(files: readonly string[], bytesMax: number = recalledBytesMax): SentRevisions {
  const parts: { file: string; start: number }[] = []
  let left = bytesMax
  for (const file of files) {
    if (left <= 0) break
    const { size } = statSync(file)
    // A byte more, since a line that begins there is whole if that one ends another.
    parts.push({ file, start: Math.max(0, size - left - 1) })
    left -= size
  }
  const revisions = new SentRevisions()
  // The newest last, since the bound on findings drops what came first.
  for (const { file, start } of parts.reverse())
    for (const line of linesFrom(file, start)) {
      const revised = revisionOfLine(line)
      if (revised !== undefined) revisions.add(revised)
    }
  return revisions
}

/** The whole lines of a file from a place on; the one that the place lies in is left out. */
function* linesFrom(file: string, start: number): Generator<string> {
  const fd = openSync(file, 'r')
  try {
    const piece = Buffer.alloc(pieceBytes)
    let held: Buffer[] = []
    let heldBytes = 0
    // At a place within the file the first line may be half a one.
    let isPassedOver = start > 0
    for (let at = start; ; ) {
      const read = readSync(fd, piece, 0, pieceBytes, at)
      if (read === 0) return
      at += read
      let from = 0
      for (let end = piece.indexOf(10, 0); end >= 0 && end < read; end = piece.indexOf(10, from)) {
        if (!isPassedOver) yield Buffer.concat([...held, piece.subarray(from, end)]).toString('utf8')
        isPassedOver = false
        held = []
        heldBytes = 0
        from = end + 1
      }
      if (isPassedOver) continue
      held.push(Buffer.from(piece.subarray(from, read)))
      heldBytes += read - from
      if (heldBytes > lineBytesMax) {
        isPassedOver = true
        held = []
        heldBytes = 0
      }
    }
  } finally {
    closeSync(fd)
  }
}
