import { cpus, loadavg, totalmem } from 'node:os'

/** On what a bench ran: figures mean little without it. */
export interface MachineFacts {
  readonly node: string
  readonly cpu: string
  readonly cpus: number
  readonly memoryMiB: number
  /** Processes that wanted to run over the last minute. */
  readonly load: number
}

export function machineFacts(): MachineFacts {
  return {
    node: process.version,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cpus: cpus().length,
    memoryMiB: Math.round(totalmem() / 1_048_576),
    load: Math.round(loadavg()[0]! * 100) / 100,
  }
}
