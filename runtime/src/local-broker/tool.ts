import { spawn } from 'node:child_process'
import { OstiaryError } from '@ostiary/schemas'

/** Characters of a tool's output that are kept to tell what went wrong; the end is what matters. */
const outputCharsMax = 8192

/** Programs of the machine that the local broker is made with, and what brings them. */
const packages: Readonly<Record<string, string>> = {
  java: 'Java 17 or later (Debian: apt-get install default-jdk-headless; macOS: brew install openjdk@17)',
  mvn: 'Apache Maven (Debian: apt-get install maven; macOS: brew install maven)',
  openssl: 'OpenSSL (Debian: apt-get install openssl)',
  tar: 'tar (Debian: apt-get install tar)',
}

/** What a tool is run with. */
export interface ToolRun {
  /** What it is run for, to say so when it fails: `download Kafka`. */
  readonly action: string
  readonly timeoutMs: number
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  readonly signal?: AbortSignal | undefined
}

/**
 * Runs a program of the machine to its end and gives what it printed, both streams in one.
 *
 * @throws OstiaryError `platform.missing` where it is not installed or fails
 */
export function runTool(tool: string, args: readonly string[], run: ToolRun): Promise<string> {
  const { action, timeoutMs, cwd, env, signal } = run
  return new Promise((resolve, reject) => {
    let output = ''
    const child = spawn(tool, args, {
      ...(cwd === undefined ? {} : { cwd }),
      ...(env === undefined ? {} : { env }),
      ...(signal === undefined ? {} : { signal }),
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
    })
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString('utf8')).slice(-outputCharsMax)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.once('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT') reject(missing(tool, action, cause))
      else reject(new OstiaryError('platform.missing', `Cannot ${action}: "${tool}": ${cause.message}`, { cause }))
    })
    child.once('close', (code, stoppedBy) => {
      if (code === 0) resolve(output)
      else {
        const end = stoppedBy === null ? `ended with ${code}` : `was stopped by ${stoppedBy} (limit ${timeoutMs} ms)`
        reject(
          new OstiaryError(
            'platform.missing',
            `Cannot ${action}: "${tool} ${args[0] ?? ''}" ${end}. ${output.trim() || 'It printed nothing'}`,
          ),
        )
      }
    })
  })
}

function missing(tool: string, action: string, cause?: unknown): OstiaryError {
  return new OstiaryError(
    'platform.missing',
    `Cannot ${action}: "${tool}" is not installed. Install ${packages[tool] ?? tool}, or give the address of a broker`,
    { cause },
  )
}

/** Oldest Java that Kafka 4 and the registry run on. */
const javaVersionMin = 17

/** Throws `platform.missing` where there is no Java, or an old one. */
export async function requireJava(action: string): Promise<void> {
  const output = await runTool('java', ['-version'], { action, timeoutMs: 30_000 })
  const version = Number(/version "(\d+)/.exec(output)?.[1])
  if (!(version >= javaVersionMin))
    throw new OstiaryError(
      'platform.missing',
      `Cannot ${action}: "java -version" says "${output.trim().split('\n')[0]}". Install ${packages['java']}`,
    )
}
