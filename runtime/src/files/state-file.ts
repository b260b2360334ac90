import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { createGunzip, gzip } from 'node:zlib'
import { canonicalJson, canonicalSha256, OstiaryError } from '@ostiary/schemas'
import { z } from 'zod'
import { writeAtomically } from './write-atomically.ts'

/** Raised when the layout of the file changes; another version is refused. */
export const stateFileVersion = 1
/** Bytes of a state file, as stored and as unfolded. */
export const stateFileBytesMax: number = 4 * 1024 * 1024 * 1024
/** Sections of a state file. */
export const stateSectionsMax = 64
/** Bytes of the header's line. */
const headerBytesMax = 64 * 1024
/** Bytes read, hashed or written at a time. */
const pieceBytes = 1024 * 1024

const magicLine = 'ostiary-state\n'

/** Whose state it is and what made it. */
export interface StateOrigin {
  readonly tenantUid: string
  /** See {@link keyIdOf}: under another key the same identity has another name, so the state would fit nobody. */
  readonly keyId: string
  /** Hash of the configuration the state was made with. */
  readonly configSha256: string
  /** Version of the program that wrote it. */
  readonly codeVersion: string
}

export interface LoadedState {
  readonly origin: StateOrigin
  readonly sections: Map<string, Uint8Array>
}

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const headerSchema = z.strictObject({
  version: z.literal(stateFileVersion),
  tenant_uid: z.string(),
  key_id: z.string(),
  config_sha256: z.string(),
  code_version: z.string(),
  sections: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/),
        encoding: z.enum(['none', 'gzip']),
        /** As unfolded. */
        bytes: z.int().min(0),
        stored_bytes: z.int().min(0),
        /** Of the bytes as stored. */
        sha256,
      }),
    )
    .max(stateSectionsMax),
  header_sha256: sha256,
})
type Header = z.infer<typeof headerSchema>
type Section = Header['sections'][number]

/**
 * Writes named sections as one file: a magic line, one line of canonical JSON that names and hashes everything, then the
 * sections one after the other. The old file stays until the new one is complete; mode 0600. Sections that do not get
 * smaller by gzip are stored as they are.
 *
 * @throws OstiaryError `output.unwritable`; `internal` for a section name or size that the format does not allow
 */
export async function saveStateFile(
  file: string,
  origin: StateOrigin,
  sections: ReadonlyMap<string, Uint8Array>,
  options: { readonly compress?: boolean } = {},
): Promise<void> {
  const bodies: Uint8Array[] = []
  const described: Section[] = []
  for (const [name, bytes] of sections) {
    const folded = options.compress === false ? bytes : await gzipped(bytes)
    const stored = folded.length < bytes.length ? folded : bytes
    bodies.push(stored)
    described.push({
      name,
      encoding: stored === bytes ? 'none' : 'gzip',
      bytes: bytes.length,
      stored_bytes: stored.length,
      sha256: sha256InPieces(stored),
    })
  }
  const header = {
    version: stateFileVersion,
    tenant_uid: origin.tenantUid,
    key_id: origin.keyId,
    config_sha256: origin.configSha256,
    code_version: origin.codeVersion,
    sections: described,
  }
  const line = `${canonicalJson({ ...header, header_sha256: canonicalSha256(header) })}\n`
  const problem = headerProblem(line, Number.MAX_SAFE_INTEGER)
  if (typeof problem === 'string')
    throw new OstiaryError('internal', `Cannot write state file "${file}": ${problem}; report this as a defect`)
  await writeAtomically(file, [Buffer.from(magicLine + line, 'utf8'), ...bodies])
}

/**
 * Reads a state file; `undefined` when there is none. Every byte of the file is covered by a hash that is checked before
 * anything is given back.
 *
 * @throws OstiaryError `state.invalid` for a file that is damaged, or of another version, key or tenant;
 *   `input.unreadable`
 */
export async function loadStateFile(
  file: string,
  expected: Pick<StateOrigin, 'tenantUid' | 'keyId'>,
  options: { readonly bytesMax?: number } = {},
): Promise<LoadedState | undefined> {
  const handle = await openToRead(file)
  if (handle === undefined) return undefined
  try {
    const reader = new PieceReader(file, handle)
    const size = await sizeOf(file, handle, options.bytesMax ?? stateFileBytesMax)
    const header = await readHeader(file, reader, size)
    refuseStranger(file, header, expected)
    const stored = header.sections.reduce((sum, section) => sum + section.stored_bytes, 0)
    if (reader.readBytes + stored !== size)
      throw invalid(file, `it has ${size} bytes where ${reader.readBytes + stored} are stated`, damagedCure)
    const sections = new Map<string, Uint8Array>()
    for (const section of header.sections) sections.set(section.name, await readSection(file, reader, section))
    const { tenant_uid: tenantUid, key_id: keyId, config_sha256: configSha256, code_version: codeVersion } = header
    return { origin: { tenantUid, keyId, configSha256, codeVersion }, sections }
  } finally {
    await handle.close()
  }
}

const damagedCure = 'restore it from a backup, or remove it to learn anew'

function invalid(file: string, problem: string, cure: string, cause?: unknown): OstiaryError {
  return new OstiaryError('state.invalid', `Cannot use state file "${file}": ${problem}; ${cure}`, { cause })
}

async function openToRead(file: string): Promise<FileHandle | undefined> {
  try {
    return await open(file, 'r')
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
    throw unreadable(file, cause)
  }
}

function unreadable(file: string, cause: unknown): OstiaryError {
  const what = cause instanceof Error ? cause.message : String(cause)
  return new OstiaryError('input.unreadable', `Cannot read state file "${file}": ${what}; check its owner and mode`, {
    cause,
  })
}

async function sizeOf(file: string, handle: FileHandle, bytesMax: number): Promise<number> {
  const stats = await handle.stat()
  if (!stats.isFile()) throw invalid(file, 'it is no regular file', 'give the path of a file')
  if (stats.size > bytesMax)
    throw invalid(file, `it has ${stats.size} bytes, more than ${bytesMax}`, 'give a state file that Ostiary wrote')
  return stats.size
}

async function readHeader(file: string, reader: PieceReader, size: number): Promise<Header> {
  const magic = await reader.take(Math.min(size, magicLine.length))
  if (magic.toString('latin1') !== magicLine)
    throw invalid(file, 'it is no state file of Ostiary', 'give the right path, or a new one')
  const line = await reader.takeLine(headerBytesMax)
  const version = versionIn(line)
  if (version !== undefined && version !== stateFileVersion)
    throw invalid(
      file,
      `it is of version ${version}, this program reads version ${stateFileVersion}`,
      'use the program that wrote it, or remove it to learn anew',
    )
  const header = headerProblem(line, stateFileBytesMax)
  if (typeof header === 'string') throw invalid(file, `its header is damaged (${header})`, damagedCure)
  return header
}

/** Canonical JSON puts it last; read first, so that a later version may change everything else. */
function versionIn(line: string): number | undefined {
  const digits = /"version":(\d{1,9})\}\n$/.exec(line)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

/** The header in a line of a state file, or what is wrong with it. */
function headerProblem(line: string, bytesMax: number): Header | string {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return 'no JSON'
  }
  const parsed = headerSchema.safeParse(value)
  if (!parsed.success) return z.prettifyError(parsed.error).replaceAll('\n', ' ')
  const { header_sha256: stated, ...header } = parsed.data
  // One way to write it: what reads the same but is written otherwise has been touched.
  if (`${canonicalJson(value)}\n` !== line) return 'not canonical'
  if (canonicalSha256(header) !== stated) return 'its hash differs'
  const names = new Set(header.sections.map((section) => section.name))
  if (names.size !== header.sections.length) return 'a section is named twice'
  const bytes = header.sections.reduce((sum, section) => sum + section.bytes, 0)
  return bytes > bytesMax ? `it unfolds to ${bytes} bytes, more than ${bytesMax}` : parsed.data
}

function refuseStranger(file: string, header: Header, expected: Pick<StateOrigin, 'tenantUid' | 'keyId'>): void {
  if (header.tenant_uid !== expected.tenantUid)
    throw invalid(
      file,
      `it is of tenant "${header.tenant_uid}", not "${expected.tenantUid}"`,
      'give that tenant, or another state file',
    )
  if (header.key_id !== expected.keyId)
    throw invalid(
      file,
      `it was made with pseudonymisation key ${header.key_id}, not ${expected.keyId}, so no identity in it would be known`,
      'give that key, or remove the file to learn anew',
    )
}

async function readSection(file: string, reader: PieceReader, section: Section): Promise<Uint8Array> {
  const stored = await reader.take(section.stored_bytes)
  if (sha256InPieces(stored) !== section.sha256)
    throw invalid(file, `section "${section.name}" is damaged`, damagedCure)
  const bytes = section.encoding === 'none' ? stored : await gunzipped(file, stored, section)
  if (bytes.length !== section.bytes)
    throw invalid(file, `section "${section.name}" has ${bytes.length} bytes, not ${section.bytes}`, damagedCure)
  return bytes
}

const gzipAsync = promisify<Uint8Array, object, Buffer>(gzip)

/** Level 1: most of the gain for a tenth of the time. */
async function gzipped(bytes: Uint8Array): Promise<Uint8Array> {
  return gzipAsync(bytes, { level: 1 })
}

/** Straight to where it is to lie: a million identities are more than a gigabyte, which must not be there twice. */
async function gunzipped(file: string, stored: Uint8Array, section: Section): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafe(section.bytes)
  let filled = 0
  try {
    await pipeline(Readable.from([stored]), createGunzip({ chunkSize: pieceBytes }), async (pieces) => {
      for await (const piece of pieces as AsyncIterable<Buffer>) {
        // Throws a RangeError for more than there is room for.
        bytes.set(piece, filled)
        filled += piece.length
      }
    })
  } catch (cause) {
    throw invalid(file, `section "${section.name}" does not unfold`, damagedCure, cause)
  }
  return bytes.subarray(0, filled)
}

/** In pieces, because one call takes 2 GiB at most. */
function sha256InPieces(bytes: Uint8Array): string {
  const hash = createHash('sha256')
  for (let at = 0; at < bytes.length; at += pieceBytes) hash.update(bytes.subarray(at, at + pieceBytes))
  return hash.digest('hex')
}

/** Refuses what is no UTF-8, so that two different headers never read the same. */
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Reads a file from its start to its end; never more than is asked for is held. */
class PieceReader {
  readonly #file: string
  readonly #handle: FileHandle
  #at = 0

  constructor(file: string, handle: FileHandle) {
    this.#file = file
    this.#handle = handle
  }

  get readBytes(): number {
    return this.#at
  }

  /** The next bytes, exactly so many. */
  async take(length: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(length)
    const got = await this.#fill(bytes)
    if (got < length) throw invalid(this.#file, 'it ends too early', damagedCure)
    this.#at += length
    return bytes
  }

  /** The next line with its end, in so many bytes at most. */
  async takeLine(bytesMax: number): Promise<string> {
    const bytes = Buffer.allocUnsafe(bytesMax)
    const end = bytes.subarray(0, await this.#fill(bytes)).indexOf(0x0a) + 1
    if (end === 0) throw invalid(this.#file, 'its header is damaged (no end of line)', damagedCure)
    this.#at += end
    try {
      return strictUtf8.decode(bytes.subarray(0, end))
    } catch (cause) {
      throw invalid(this.#file, 'its header is damaged (no UTF-8)', damagedCure, cause)
    }
  }

  async #fill(bytes: Buffer): Promise<number> {
    let filled = 0
    while (filled < bytes.length) {
      const length = Math.min(pieceBytes, bytes.length - filled)
      const { bytesRead } = await this.#read(bytes, filled, length)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return filled
  }

  async #read(bytes: Buffer, offset: number, length: number): Promise<{ bytesRead: number }> {
    try {
      return await this.#handle.read(bytes, offset, length, this.#at + offset)
    } catch (cause) {
      throw unreadable(this.#file, cause)
    }
  }
}
