import { readFileSync } from 'node:fs'
import { getHeapStatistics } from 'node:v8'
import { type Check, failure, type Outcome, ok, skipped, warning } from './check.ts'

/** As `engines` of package.json asks. */
export const nodeVersionMin = '20.19'
/** Majors that the tests of same bits run on. */
const nodeMajorsTested: readonly number[] = [20, 22, 24]

/** Below it a service of a few partitions may run out of sockets. */
const openFilesMin = 256
/** What leaves room for dozens of partitions, each with connections of its own. */
const openFilesWanted = 1024

const mebibyte = 1024 * 1024
/** Beside its heap the process needs memory for buffers, code and the model. */
const heapShareMax = 0.9

export function nodeOutcome(version: string): Outcome {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [majorMin = 0, minorMin = 0] = nodeVersionMin.split('.').map(Number)
  if (major < majorMin || (major === majorMin && minor < minorMin))
    return failure(`Node.js ${version} is too old: install ${nodeVersionMin} or later`)
  if (!nodeMajorsTested.includes(major))
    return warning(`Node.js ${version} was not tested: the same bits are promised on ${nodeMajorsTested.join(', ')}`)
  return ok(`Node.js ${version}`)
}

/** @param limits text of `/proc/self/limits`; `undefined` where there is none */
export function openFilesOutcome(limits: string | undefined): Outcome {
  const found = limits === undefined ? undefined : /^Max open files\s+(\S+)/m.exec(limits)?.[1]
  if (found === undefined) return skipped('this system does not say how many files a process may open')
  const most = found === 'unlimited' ? Number.POSITIVE_INFINITY : Number(found)
  const cure = `raise it to ${openFilesWanted} or more (ulimit -n, LimitNOFILE=, or the container's ulimits)`
  if (most < openFilesMin) return failure(`a process may open ${found} files, which is too few for a service: ${cure}`)
  if (most < openFilesWanted)
    return warning(`a process may open ${found} files, which is little for many partitions: ${cure}`)
  return ok(`a process may open ${found} files`)
}

/** @param limitBytes what a container may take; 0 where nothing limits it */
export function memoryOutcome(heapBytes: number, limitBytes: number): Outcome {
  const heap = `Node.js takes up to ${Math.floor(heapBytes / mebibyte)} MiB for its heap`
  if (limitBytes <= 0 || limitBytes >= Number.MAX_SAFE_INTEGER) return ok(`${heap}; nothing limits the process`)
  const limit = `${Math.floor(limitBytes / mebibyte)} MiB`
  if (heapBytes <= heapShareMax * limitBytes) return ok(`${heap} of ${limit}`)
  return warning(
    `${heap}, and may have ${limit} in all: it would be killed; set NODE_OPTIONS=--max-old-space-size to three quarters of that`,
  )
}

function limitsText(): string | undefined {
  try {
    return readFileSync('/proc/self/limits', 'utf8')
  } catch {
    return undefined
  }
}

/** What needs no configuration. */
export const platformChecks: readonly Check[] = [
  { name: 'node', run: () => nodeOutcome(process.versions.node) },
  { name: 'open files', run: () => openFilesOutcome(limitsText()) },
  {
    name: 'memory',
    run: () => memoryOutcome(getHeapStatistics().heap_size_limit, process.constrainedMemory() ?? 0),
  },
]
