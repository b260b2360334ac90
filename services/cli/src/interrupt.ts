/** A signal that an interrupt aborts, and what takes the process's ears off again. */
export interface Interrupt {
  readonly signal: AbortSignal
  readonly release: () => void
}

/** To be called before anything that takes time, so that an interrupt ends the command in order from its first moment on. */
export function onInterrupt(): Interrupt {
  const interrupt = new AbortController()
  const abort = (): void => interrupt.abort()
  process.once('SIGINT', abort)
  process.once('SIGTERM', abort)
  return {
    signal: interrupt.signal,
    release() {
      process.off('SIGINT', abort)
      process.off('SIGTERM', abort)
    },
  }
}
