import { exitCodes } from './exit-codes.ts'

/** A signal that an interrupt aborts, and what takes the process's ears off again. */
export interface Interrupt {
  readonly signal: AbortSignal
  readonly release: () => void
}

/**
 * To be called before anything that takes time, so that an interrupt ends the command in order from its first moment on. The
 * second one ends it at once.
 */
export function onInterrupt(): Interrupt {
  const interrupt = new AbortController()
  // The kernel ends no process 1 by a signal it does not listen for, so that in a container we have to.
  const abort = (): void => {
    if (interrupt.signal.aborted) process.exit(exitCodes.interrupted)
    interrupt.abort()
  }
  process.on('SIGINT', abort)
  process.on('SIGTERM', abort)
  return {
    signal: interrupt.signal,
    release() {
      process.off('SIGINT', abort)
      process.off('SIGTERM', abort)
    },
  }
}
