import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { defaultKeyPath } from '@ostiary/runtime'

/** What a collector does; nothing given means records over HTTP on the loopback address. */
export interface CollectorOptions {
  /** `host:port` to take records over HTTP at, port 0 for a free one; unless given, 127.0.0.1:8787 where nothing is watched. */
  readonly collect?: string | undefined
  /** File with the token that senders show; `OSTIARY_COLLECTOR_TOKEN` is read where this is not given. */
  readonly tokenFile?: string | undefined
  /** Files, and folders to follow. */
  readonly watch?: readonly string[] | undefined
  /** File to remember in what was sent of them. */
  readonly progress?: string | undefined
  /** How often followed folders are looked at. */
  readonly pollMs?: number | undefined
  /** Bytes of records taken and not acknowledged by Kafka, after which senders wait. */
  readonly inFlightBytesMax?: number | undefined
  /** How long a request waits for Kafka before it is told to come again. */
  readonly ackMs?: number | undefined
  /** How long to wait, when it ends, for what is under way. */
  readonly drainMs?: number | undefined
  /** Called with the address in use. */
  readonly onListening?: ((address: string) => void) | undefined
}

export const collectDefault = '127.0.0.1:8787'
export const pollMsDefault = 2000
export const drainMsDefault = 15_000

/** Beside the pseudonymisation key, in the user's data folder. */
export function progressFileDefault(env: NodeJS.ProcessEnv): string {
  return join(dirname(defaultKeyPath(env, homedir())), 'collector-progress.json')
}
