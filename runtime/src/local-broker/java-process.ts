import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ErrorCode, OstiaryError } from '@ostiary/schemas'
import { endWithUs } from './end-with-us.ts'

/** A start takes seconds; a machine that has much else to do is given time. */
const startMsMax = 120_000
const pollMs = 50
/** Kafka closes its log within a second or two; after this it is ended without asking. */
const stopMsMax = 30_000
const tailLinesMax = 15

/** A server in a Java process of its own. */
export interface LocalServer {
  readonly pid: number
  /** Ends it in order; after `stopMsMax` without asking. Resolves once the process is gone. */
  stop(): Promise<void>
  /** Ends it as a crash would (SIGKILL). Resolves once the process is gone. */
  kill(): Promise<void>
  /** Resolves when the process is gone, whatever ended it. */
  readonly ended: Promise<void>
}

export interface JavaRun {
  /** What it is, for errors: `Kafka`. */
  readonly name: string
  readonly errorCode: ErrorCode
  readonly args: readonly string[]
  /** Where it runs. Paths in its configuration are relative to this, so that any character may stand in them. */
  readonly folder: string
  /** Files in the folder to quote the end of when it does not come up; the first takes what the process prints. */
  readonly logs: readonly [string, ...string[]]
  readonly signal?: AbortSignal | undefined
  /** Whether it answers. */
  ready(): Promise<boolean>
}

/** Starts a Java process and waits until it answers. */
export async function startJava(run: JavaRun): Promise<LocalServer> {
  const output = openSync(join(run.folder, run.logs[0]), 'w', 0o600)
  // In a group of its own: an interrupt from the terminal is for us, and we end what we started, in order.
  const child = spawn('java', run.args, { cwd: run.folder, detached: true, stdio: ['ignore', output, output] })
  closeSync(output)
  const server = serverOf(child)
  try {
    await untilReady(run, server, child)
  } catch (error) {
    await server.kill()
    throw error
  }
  return server
}

function serverOf(child: ChildProcess): LocalServer {
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  const killNow = (): void => {
    child.kill('SIGKILL')
  }
  endWithUs(child)
  return {
    pid: child.pid ?? 0,
    ended,
    async stop() {
      child.kill('SIGTERM')
      const limit = setTimeout(killNow, stopMsMax)
      await ended
      clearTimeout(limit)
    },
    async kill() {
      killNow()
      await ended
    },
  }
}

async function untilReady(run: JavaRun, server: LocalServer, child: ChildProcess): Promise<void> {
  let gone = child.pid === undefined
  void server.ended.then(() => {
    gone = true
  })
  for (const startedMs = performance.now(); ; ) {
    if (run.signal?.aborted) throw new OstiaryError(run.errorCode, `Did not start ${run.name}: interrupted`)
    if (gone)
      throw new OstiaryError(run.errorCode, `Cannot start ${run.name} in "${run.folder}": it ended. ${tailOf(run)}`)
    if (await run.ready()) return
    if (performance.now() - startedMs > startMsMax)
      throw new OstiaryError(
        run.errorCode,
        `Cannot start ${run.name} in "${run.folder}": no answer within ${startMsMax} ms. ${tailOf(run)}`,
      )
    await sleep(pollMs)
  }
}

function tailOf({ folder, logs }: JavaRun): string {
  const lines = logs.flatMap((name) => {
    try {
      return readFileSync(join(folder, name), 'utf8').trimEnd().split('\n').slice(-tailLinesMax)
    } catch {
      return []
    }
  })
  return lines.length === 0 ? 'It wrote nothing' : `It wrote:\n${lines.join('\n')}`
}
