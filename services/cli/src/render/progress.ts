import cliProgress from 'cli-progress'

/** Tells how far a long piece of work is. */
export interface Progress {
  update(done: number, text?: string): void
  stop(): void
}

const silent: Progress = { update: () => undefined, stop: () => undefined }

/**
 * A bar on the terminal behind standard error; nothing where that is none.
 *
 * @param total what `done` will reach; 0 where that is not known
 */
export function progressBar(label: string, total: number, unit: (value: number) => string): Progress {
  if (!process.stderr.isTTY) return silent
  const bar = new cliProgress.SingleBar({
    stream: process.stderr,
    format: total > 0 ? `${label} {bar} {percentage}%  {done} of {all}  {note}` : `${label} {done}  {note}`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    clearOnComplete: true,
    fps: 10,
  })
  bar.start(total > 0 ? total : 1, 0, { done: unit(0), all: unit(total), note: '' })
  return {
    update: (done, note = '') =>
      bar.update(total > 0 ? Math.min(done, total) : 0, { done: unit(done), all: unit(total), note }),
    stop: () => bar.stop(),
  }
}

/** Bytes as people read them: `12.3 MB`. */
export function bytesText(bytes: number): string {
  if (bytes < 1e3) return `${bytes} B`
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`
}
