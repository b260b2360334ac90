import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Alert } from '@ostiary/schemas'
import { pino } from 'pino'
import { afterAll, expect, test } from 'vitest'
import { recalledRevisions } from './recalled-revisions.ts'
import { type RotatingFileSinkOptions, rotatingFileSink } from './rotating-file-sink.ts'
import type { ForwardingSink } from './sink.ts'

const folder = mkdtempSync(join(tmpdir(), 'ostiary-rotating-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const log = pino({ level: 'silent' })
const line = ({ finding_uid, revision }: Alert): string => JSON.stringify({ finding_uid, revision, words: 'é ✓' })
/** Of each line of the tests. */
const lineBytes = Buffer.byteLength(line(alertOf('f-1'))) + 1

let paths = 0
function freshPath(): string {
  paths += 1
  mkdirSync(join(folder, `${paths}`))
  return join(folder, `${paths}`, 'alerts')
}

function alertOf(uid: string, revision = 1): Alert {
  return { finding_uid: uid, revision } as Alert
}

function sinkOn(path: string, options: Partial<RotatingFileSinkOptions> = {}): ForwardingSink {
  return rotatingFileSink(path, line, { log, retryFirstMs: 1, retryMaxMs: 2, ...options })
}

async function written(path: string, uids: readonly string[], options: Partial<RotatingFileSinkOptions> = {}) {
  const sink = sinkOn(path, options)
  for (const uid of uids) await sink.write(alertOf(uid))
  await sink.close()
  return sink.counts
}

/** Ids in each of the files, the newest first. */
function uidsIn(path: string): string[][] {
  const files = readdirSync(join(path, '..')).sort((a, b) => a.length - b.length || (a < b ? -1 : 1))
  return files.map((file) =>
    readFileSync(join(path, '..', file), 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((text) => (JSON.parse(text) as Alert).finding_uid),
  )
}

const uids = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `f-${from + index}`)

test('appends lines, for the owner only, whatever the file was open to before', async () => {
  const path = freshPath()
  writeFileSync(path, '')
  chmodSync(path, 0o644)
  expect(await written(path, ['f-1', 'f-2'])).toMatchObject({ sent: 2, repeated: 0 })
  expect(readFileSync(path, 'utf8')).toBe(`${line(alertOf('f-1'))}\n${line(alertOf('f-2'))}\n`)
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('what flush has confirmed can be read by others', async () => {
  const path = freshPath()
  const sink = sinkOn(path)
  await sink.write(alertOf('f-1'))
  await sink.flush()
  expect(uidsIn(path)).toEqual([['f-1']])
  await sink.close()
})

test('rotates before a file grows over its bound, and keeps so many', async () => {
  const path = freshPath()
  const options = { fileBytesMax: 2 * lineBytes, filesMax: 3 }
  await written(path, uids(1, 5), options)
  expect(uidsIn(path)).toEqual([['f-5'], ['f-3', 'f-4'], ['f-1', 'f-2']])
  await written(path, uids(6, 7), options)
  expect(uidsIn(path)).toEqual([['f-7'], ['f-5', 'f-6'], ['f-3', 'f-4']])
  for (const file of readdirSync(join(path, '..'))) expect(statSync(join(path, '..', file)).mode & 0o777).toBe(0o600)
})

test('fewer files than before: those that are too many go at the next rotation', async () => {
  const path = freshPath()
  await written(path, uids(1, 5), { fileBytesMax: lineBytes, filesMax: 9 })
  expect(uidsIn(path).length).toBe(5)
  await written(path, ['f-6'], { fileBytesMax: lineBytes, filesMax: 2 })
  expect(uidsIn(path)).toEqual([['f-6'], ['f-5']])
  await written(path, ['f-7'], { fileBytesMax: lineBytes, filesMax: 1 })
  expect(uidsIn(path)).toEqual([['f-7']])
})

test('a gap that a crash within a rotation left costs no file', async () => {
  const path = freshPath()
  await written(path, uids(1, 3), { fileBytesMax: lineBytes, filesMax: 3 })
  rmSync(`${path}.2`)
  renameSync(`${path}.1`, `${path}.2`)
  await written(path, ['f-4'], { fileBytesMax: lineBytes, filesMax: 3 })
  expect(uidsIn(path)).toEqual([['f-4'], ['f-3'], ['f-2']])
})

test('a line longer than a file has one to itself', async () => {
  const path = freshPath()
  await written(path, uids(1, 3), { fileBytesMax: 1, filesMax: 3 })
  expect(uidsIn(path)).toEqual([['f-3'], ['f-2'], ['f-1']])
})

test('a restart repeats nothing, also of what lies in rotated files, and passes over what is no alert', async () => {
  const path = freshPath()
  const options = { fileBytesMax: 3 * lineBytes, filesMax: 4 }
  await written(path, uids(1, 7), options)
  appendFileSync(path, 'not an alert\n{"finding_uid":1}\nnull\n')
  expect(await written(path, uids(1, 8), options)).toMatchObject({ sent: 1, repeated: 7 })
})

test('a restart knows lines of either format, and older revisions for older', async () => {
  const path = freshPath()
  const ocsf = { finding_info: { uid: 'f-1' }, unmapped: { ostiary: { revision: 2 } } }
  writeFileSync(path, `${JSON.stringify(ocsf)}\n${JSON.stringify({ finding_uid: 'f-2', revision: 2 })}\n`)
  const sink = sinkOn(path)
  for (const uid of ['f-1', 'f-2']) for (const revision of [1, 2, 3]) await sink.write(alertOf(uid, revision))
  await sink.close()
  expect(sink.counts).toMatchObject({ sent: 2, repeated: 4 })
})

test('only so many bytes are read back, from the end', async () => {
  const path = freshPath()
  await written(path, uids(1, 9), { fileBytesMax: 4 * lineBytes, filesMax: 9 })
  const files = [path, `${path}.1`, `${path}.2`]
  const known = (bytesMax: number): string[] => {
    const revisions = recalledRevisions(files, bytesMax)
    return uids(1, 9).filter((uid) => revisions.has(alertOf(uid)))
  }
  expect(known(1000 * lineBytes)).toEqual(uids(1, 9))
  expect(known(4 * lineBytes)).toEqual(uids(6, 9))
  // The line that the place lies in is left out, and may be repeated.
  expect(known(4 * lineBytes - 1)).toEqual(uids(7, 9))
  expect(known(0)).toEqual([])
})

test('a last line that was half-written, wherever it was cut off, is cut off and written again', async () => {
  const whole = line(alertOf('f-2'))
  for (let bytes = 1; bytes <= Buffer.byteLength(whole); bytes++) {
    const path = freshPath()
    await written(path, ['f-1'])
    appendFileSync(path, Buffer.from(whole).subarray(0, bytes))
    expect(await written(path, ['f-1', 'f-2'])).toMatchObject({ sent: 1, repeated: 1 })
    expect(uidsIn(path)).toEqual([['f-1', 'f-2']])
  }
})

test('zeros that a lost disk cache left at the end are cut off too', async () => {
  const path = freshPath()
  await written(path, ['f-1'])
  truncateSync(path, lineBytes + 100)
  await written(path, ['f-2'])
  expect(uidsIn(path)).toEqual([['f-1', 'f-2']])
})

test('a file that is none of alerts is refused and left as it is', () => {
  const path = freshPath()
  writeFileSync(path, 'a letter\nwithout an end')
  expect(() => sinkOn(path)).toThrow(
    expect.objectContaining({ code: 'output.unwritable', message: expect.stringContaining('no') }),
  )
  expect(readFileSync(path, 'utf8')).toBe('a letter\nwithout an end')
})

test.each(['folder', 'link', 'missing folder', 'file for a folder'])('a %s is refused at once', (kind) => {
  const path = freshPath()
  if (kind === 'folder') mkdirSync(path)
  if (kind === 'link') symlinkSync('/dev/null', path)
  if (kind === 'file for a folder') writeFileSync(path, '')
  const given = kind === 'missing folder' || kind === 'file for a folder' ? join(path, 'alerts') : path
  expect(() => sinkOn(given)).toThrow(expect.objectContaining({ code: 'output.unwritable' }))
})

test('a file that another moves away or removes is begun anew, and one that another cuts is gone on with', async () => {
  const path = freshPath()
  const sink = sinkOn(path)
  await sink.write(alertOf('f-1'))
  await sink.flush()
  renameSync(path, `${path}.moved`)
  await sink.write(alertOf('f-2'))
  await sink.flush()
  rmSync(path)
  await sink.write(alertOf('f-3'))
  await sink.flush()
  expect(readFileSync(path, 'utf8')).toBe(`${line(alertOf('f-3'))}\n`)
  truncateSync(path, 0)
  appendFileSync(path, '{"of":"another"}\n')
  await sink.write(alertOf('f-4'))
  await sink.close()
  expect(readFileSync(path, 'utf8')).toBe(`{"of":"another"}\n${line(alertOf('f-4'))}\n`)
  expect(readFileSync(`${path}.moved`, 'utf8')).toBe(`${line(alertOf('f-1'))}\n`)
})

test('a folder that is gone ends it with an error that waiting does not mend', async () => {
  const path = freshPath()
  const sink = sinkOn(path)
  rmSync(join(path, '..'), { recursive: true })
  await sink.write(alertOf('f-1'))
  await expect(sink.close()).rejects.toMatchObject({ code: 'output.unwritable', retriable: false })
})

test.each([
  [{ fileBytesMax: 0 }, 'fileBytesMax "0"'],
  [{ fileBytesMax: 1.5 }, 'fileBytesMax "1.5"'],
  [{ filesMax: 0 }, 'filesMax "0"'],
  [{ filesMax: 1001 }, 'it must be 1 to 1000'],
])('refuses the options %j', (options, words) => {
  expect(() => sinkOn(freshPath(), options)).toThrow(
    expect.objectContaining({ code: 'config.invalid', message: expect.stringContaining(words) }),
  )
})
