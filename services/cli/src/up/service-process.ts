import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { exitCodes } from '@ostiary/launcher'
import { endWithUs } from '@ostiary/runtime/kafka'
import { OstiaryError } from '@ostiary/schemas'
import { LogFile } from './log-file.ts'
import type { Part, PartEnd, RunningPart } from './part.ts'

/** A service takes its partitions and reads its state before it is ready; a busy machine is given time. */
const readyMsMax = 180_000
const pollMs = 100
const answerMsMax = 2000
/** A service finishes what is under way; after this it is ended without asking. */
const stopMsMax = 40_000
const tailLinesMax = 12

export interface ServiceOptions {
  readonly name: string
  /** After `ostiary run <name>`. */
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  /** Port of the loopback interface where it says how it is. */
  readonly listenPort: number
  readonly logFolder: string
}

/** `ostiary run <service>` in a process of its own. */
export function servicePart(options: ServiceOptions): Part {
  return { name: options.name, start: (signal) => startService(options, signal) }
}

async function startService(options: ServiceOptions, signal: AbortSignal): Promise<RunningPart> {
  const { name, args, env, listenPort, logFolder } = options
  const log = new LogFile(join(logFolder, `${name}.log`))
  // In a group of its own: an interrupt from the terminal is for us, and we end what we started, in order.
  const child = spawn(process.execPath, [command(), 'run', name, ...args], {
    env: { ...env, OSTIARY_LISTEN: `127.0.0.1:${listenPort}` },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  endWithUs(child)
  child.stdout.on('data', (chunk: Buffer) => log.write(chunk))
  child.stderr.on('data', (chunk: Buffer) => log.write(chunk))
  const ended = endOf(child)
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    const limit = setTimeout(() => child.kill('SIGKILL'), stopMsMax)
    await ended
    clearTimeout(limit)
  }
  const closed = ended.then(() => log.close())
  try {
    const end = await Promise.race([ended, untilReady(name, listenPort, signal)])
    if (end !== undefined)
      throw new OstiaryError(
        end.final ? 'config.invalid' : 'internal',
        `Cannot start ${name}: it ${end.text}. ${log.path} ends with:\n${log.tail(tailLinesMax)}`,
      )
  } catch (error) {
    await stop()
    await closed
    throw error
  }
  return { ended, stop }
}

/** Found from here both in the sources and in what they are compiled to. */
function command(): string {
  const here = fileURLToPath(import.meta.url)
  return join(here.slice(0, here.search(/[\\/](?:dist[\\/])?src[\\/]up[\\/]/)), 'bin', 'ostiary.js')
}

function endOf(child: ChildProcess): Promise<PartEnd> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ text: `could not be run: ${error.message}`, final: false }))
    // Not at its exit: by now all that it printed has been read.
    child.once('close', (code, signal) => {
      const text = signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`
      resolve({ text, final: code === exitCodes.usage })
    })
  })
}

async function untilReady(name: string, port: number, signal: AbortSignal): Promise<undefined> {
  for (const startedMs = performance.now(); ; ) {
    if (signal.aborted) throw new OstiaryError('internal', `Did not start ${name}: interrupted`)
    if (await isReady(port)) return undefined
    if (performance.now() - startedMs > readyMsMax)
      throw new OstiaryError('internal', `Cannot start ${name}: it was not ready within ${readyMsMax} ms; see its log`)
    await sleep(pollMs)
  }
}

async function isReady(port: number): Promise<boolean> {
  try {
    const { ok, body } = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(answerMsMax) })
    await body?.cancel()
    return ok
  } catch {
    return false
  }
}
