import { COMPATIBILITY, SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry'
import { OstiaryError } from '@ostiary/schemas'
import avro, { type Type } from 'avsc'
import type { Config } from '../config/config-schema.ts'
import { readSecret } from './connection.ts'
import { type RecordSchema, subjectOf, type TopicName, topics } from './topics.ts'

/** First byte of a value in Confluent wire format; the schema's id follows in four bytes, big endian, then Avro. */
const magicByte = 0
const headerBytes = 5
/** Where values are written first; a larger one gets a place of its own. */
const draftBytes = 64 * 1024
/** Foreign schema ids that are remembered as unknown or known; the registry gives them out one by one. */
const idsMax = 4096
const requestTimeoutMs = 10_000
const contentType = 'application/vnd.schemaregistry.v1+json'
/** Attempts to register a schema that others register at the same time, with longer and longer waits between. */
const raceAttemptsMax = 8
const raceWaitMs = 50
/** Compatibilities that promise what BACKWARD does, and more. */
const stricter: ReadonlySet<string> = new Set(['BACKWARD_TRANSITIVE', 'FULL', 'FULL_TRANSITIVE'])

/** A decoded value and which record it is. */
export interface Decoded {
  /** Name of the record without namespace: `AccessEvent`, `Marker`. */
  readonly name: string
  readonly value: unknown
}

/** Why a value could not be read; goes to the dead letters with it. */
export class UndecodableError extends Error {
  override readonly name = 'UndecodableError'
}

/** Reads values of one topic, whatever version of its schemas wrote them. */
export interface TopicDecoder {
  /**
   * Has to be called, and awaited where it gives a promise, before `decode`: asks the registry for a schema id not met
   * before. Rejects only while the registry is away, so that it can be tried again; an id it does not know is no error here.
   */
  prepare(bytes: Uint8Array | null): Promise<void> | undefined
  /** @throws UndecodableError for what is no value of this topic */
  decode(bytes: Uint8Array | null): Decoded
}

/** Our schemas in a registry: registers them, encodes with the ids it gave out, decodes what others wrote. */
export class SchemaClient {
  readonly #registry: SchemaRegistry
  readonly #url: string
  readonly #authorization: Readonly<Record<string, string>>
  /** Writers' types by id; `undefined` for an id the registry does not know. */
  readonly #writers: Map<number, Type | undefined> = new Map()

  constructor(config: Config, env: NodeJS.ProcessEnv) {
    if (config.registryUrl === '')
      throw new OstiaryError(
        'config.invalid',
        'Cannot reach a schema registry: none is set. Set "registryUrl" or OSTIARY_REGISTRY_URL',
      )
    const { registryUsername: username } = config
    const password =
      config.registryPasswordFile === ''
        ? env['OSTIARY_REGISTRY_PASSWORD']
        : readSecret('registryPasswordFile', config.registryPasswordFile)
    this.#url = config.registryUrl
    const basic = Buffer.from(`${username}:${password ?? ''}`, 'utf8').toString('base64')
    this.#authorization = username === '' ? {} : { Authorization: `Basic ${basic}` }
    this.#registry = new SchemaRegistry({
      host: config.registryUrl,
      ...(username === '' ? {} : { auth: { username, password: password ?? '' } }),
      retry: { maxRetryTimeInSecs: 5, initialRetryTimeInSecs: 0.1, factor: 0.2, multiplier: 2, retries: 5 },
    })
  }

  /**
   * Registers a schema under its subject, with BACKWARD compatibility, and gives its id. The same schema gives the same id.
   *
   * @throws OstiaryError `schema.refused` where the registry holds one that this one cannot read, `registry.unavailable`
   */
  async register(topic: string, schema: RecordSchema): Promise<number> {
    const subject = subjectOf(topic, schema)
    try {
      const id = await this.#registerBeside(subject, schema)
      this.#writers.set(id, avro.Type.forSchema(schema as never))
      return id
    } catch (cause) {
      throw this.#errorOf(`register schema "${subject}"`, cause)
    }
  }

  /**
   * Whether the registry has exactly this schema under its subject; asking registers nothing.
   *
   * @throws OstiaryError `registry.unavailable`
   */
  async isRegistered(topic: string, schema: RecordSchema): Promise<boolean> {
    const subject = subjectOf(topic, schema)
    try {
      await this.#registry.getRegistryIdBySchema(subject, { type: SchemaType.AVRO, schema: JSON.stringify(schema) })
      return true
    } catch (cause) {
      // The client gives this error for 404 only, and without its status.
      if ((cause as Error).name === 'ConfluentSchemaRegistryError') return false
      throw this.#errorOf(`look for schema "${subject}"`, cause)
    }
  }

  /**
   * Asks the registry for something small, as a check that it answers and lets us in.
   *
   * @returns its clock, to the second, where it tells
   * @throws OstiaryError `registry.unavailable`, `registry.refused`
   */
  async ask(): Promise<number | undefined> {
    const { date } = await this.#asked('ask for schema types', '/schemas/types')
    const timeMs = Date.parse(date ?? '')
    return Number.isNaN(timeMs) ? undefined : timeMs
  }

  /**
   * Whether a schema could be registered under its subject beside what is there; asking registers nothing.
   *
   * @returns `new` where the subject has no version yet
   * @throws OstiaryError `registry.unavailable`, `registry.refused`
   */
  async compatibility(topic: string, schema: RecordSchema): Promise<'compatible' | 'incompatible' | 'new'> {
    const subject = subjectOf(topic, schema)
    const path = `/compatibility/subjects/${encodeURIComponent(subject)}/versions/latest`
    const { status, body } = await this.#asked(`compare schema "${subject}"`, path, {
      method: 'POST',
      body: JSON.stringify({ schemaType: 'AVRO', schema: JSON.stringify(schema) }),
    })
    if (status === 404) return 'new'
    return (body as { is_compatible?: unknown } | null)?.is_compatible === true ? 'compatible' : 'incompatible'
  }

  /** A request that the client has no call for. 404 is an answer, too. */
  async #asked(
    action: string,
    path: string,
    request: RequestInit = {},
  ): Promise<{ readonly status: number; readonly date: string | null; readonly body: unknown }> {
    let response: Response
    let body: unknown
    try {
      response = await fetch(`${this.#url.replace(/\/$/, '')}${path}`, {
        ...request,
        headers: { 'Content-Type': contentType, ...this.#authorization },
        signal: AbortSignal.timeout(requestTimeoutMs),
      })
      body = await response.json()
    } catch (cause) {
      throw this.#errorOf(action, cause)
    }
    const { status, headers } = response
    if (!response.ok && status !== 404)
      throw this.#errorOf(action, Object.assign(new Error(`it answers ${status}`), { status }))
    return { status, date: headers.get('date'), body }
  }

  /** Registers, once more where another instance makes the subject at this moment: the one that came second is refused. */
  async #registerBeside(subject: string, schema: RecordSchema): Promise<number> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#registerOver(subject, schema)
      } catch (error) {
        if (!isRace(error) || attempt === raceAttemptsMax) throw error
        await new Promise((resolve) => setTimeout(resolve, raceWaitMs * attempt))
      }
    }
  }

  /** Registers a schema, and sees to it that the subject asks for BACKWARD or for more than that. */
  async #registerOver(subject: string, schema: RecordSchema): Promise<number> {
    const confluentSchema = { type: SchemaType.AVRO, schema: JSON.stringify(schema) } as const
    const registered = async (compatibility: COMPATIBILITY): Promise<number> =>
      (await this.#registry.register(confluentSchema, { subject, compatibility })).id
    try {
      return await registered(COMPATIBILITY.BACKWARD)
    } catch (error) {
      const found = /\(BACKWARD != (\w+)\)/.exec(error instanceof Error ? error.message : '')?.[1]
      if (found !== undefined && stricter.has(found)) return registered(found as COMPATIBILITY)
      if (found !== 'NONE') throw error
      // Whoever made the subject ended before its compatibility was set.
      await this.#setBackward(subject)
      return registered(COMPATIBILITY.BACKWARD)
    }
  }

  async #setBackward(subject: string): Promise<void> {
    const { status } = await this.#asked('set a compatibility', `/config/${encodeURIComponent(subject)}`, {
      method: 'PUT',
      body: JSON.stringify({ compatibility: 'BACKWARD' }),
    })
    if (status === 404) throw new Error(`the registry answers ${status} to setting the compatibility`)
  }

  /** A function that turns a value of one record of a topic into bytes. Registers the schema where it is not yet. */
  async encoder<Value>(topic: string, schema: RecordSchema): Promise<(value: Value) => Buffer> {
    const id = await this.register(topic, schema)
    const type = avro.Type.forSchema(schema as never)
    const placeOf = (bytes: number): Buffer => {
      const place = Buffer.alloc(bytes)
      place.writeUInt8(magicByte, 0)
      place.writeUInt32BE(id, 1)
      return place
    }
    const draft = placeOf(draftBytes)
    return (value) => {
      const end = type.encode(value, draft, headerBytes)
      if (end >= 0) return Buffer.from(draft.subarray(0, end))
      // It says by how many bytes the place is too small.
      const large = placeOf(draftBytes - end)
      type.encode(value, large, headerBytes)
      return large
    }
  }

  /** @param name the topic without prefix */
  decoder(name: TopicName): TopicDecoder {
    const readers = new Map(topics[name].schemas.map((schema) => [`${schema.namespace}.${schema.name}`, schema]))
    const readings = new Map<number, Reading>()
    return {
      prepare: (bytes) => {
        const id = idOf(bytes)
        return id === undefined || this.#writers.has(id) ? undefined : this.#fetch(id)
      },
      decode: (bytes) => {
        const id = idOf(bytes)
        if (bytes === null || id === undefined)
          throw new UndecodableError('it is not in Confluent wire format: a zero byte and a schema id are expected')
        let reading = readings.get(id)
        if (reading === undefined) {
          reading = readingOf(id, this.#writers.get(id), readers)
          if (readings.size < idsMax) readings.set(id, reading)
        }
        return reading(bytes)
      },
    }
  }

  async #fetch(id: number): Promise<void> {
    if (this.#writers.size >= idsMax) return
    try {
      const schema = await this.#registry.getSchema(id)
      this.#writers.set(id, avro.Type.forSchema(JSON.parse(JSON.stringify(schema)) as never))
    } catch (cause) {
      if (statusOf(cause) !== 404) throw this.#errorOf(`read schema ${id}`, cause)
      this.#writers.set(id, undefined)
    }
  }

  #errorOf(action: string, cause: unknown): OstiaryError {
    if (cause instanceof OstiaryError) return cause
    const detail = detailOf(cause)
    const status = statusOf(cause)
    if (status === 401 || status === 403) return refused(action, this.#url, status, cause)
    return !isRace(cause) && (status === 409 || status === 422 || /incompatible|does not match/i.test(detail))
      ? new OstiaryError(
          'schema.refused',
          `Cannot ${action} at ${this.#url}: ${detail}. Older readers or records would be lost; add fields with defaults only`,
          { cause },
        )
      : new OstiaryError(
          'registry.unavailable',
          `Cannot ${action} at ${this.#url}: ${detail}. Check "registryUrl" and the network`,
          {
            cause,
            retriable: true,
          },
        )
  }
}

function refused(action: string, url: string, status: number, cause: unknown): OstiaryError {
  const cure =
    'Check "registryUsername" and the password in "registryPasswordFile" or OSTIARY_REGISTRY_PASSWORD, and what they may do there'
  return new OstiaryError('registry.refused', `Cannot ${action} at ${url}: it answers ${status}. ${cure}`, { cause })
}

type Reading = (bytes: Uint8Array) => Decoded

function readingOf(id: number, writer: Type | undefined, readers: ReadonlyMap<string, RecordSchema>): Reading {
  const schema = readers.get((writer as { name?: string } | undefined)?.name ?? '')
  if (writer === undefined || schema === undefined)
    return () => {
      throw new UndecodableError(
        writer === undefined ? `the registry does not know schema ${id}` : `schema ${id} is of another topic`,
      )
    }
  const reader = avro.Type.forSchema(schema as never)
  let resolver: ReturnType<Type['createResolver']> | undefined
  try {
    // Without a resolver reading is faster, so it is left out where writer and reader are the same.
    resolver = writer.fingerprint().equals(reader.fingerprint()) ? undefined : reader.createResolver(writer)
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    return () => {
      throw new UndecodableError(`schema ${id} cannot be read as ${schema.name}: ${detail}`)
    }
  }
  return (bytes) => {
    const body = Buffer.from(bytes.buffer, bytes.byteOffset + headerBytes, bytes.byteLength - headerBytes)
    try {
      return { name: schema.name, value: reader.fromBuffer(body, resolver) }
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error)
      throw new UndecodableError(`it is no ${schema.name} of schema ${id}: ${detail}`)
    }
  }
}

function idOf(bytes: Uint8Array | null): number | undefined {
  if (bytes === null || bytes.length < headerBytes || bytes[0] !== magicByte) return undefined
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(1)
}

/** What is said of it; of a request that came to nothing only its cause says why. */
function detailOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  return cause.cause instanceof Error ? `${cause.message}: ${cause.cause.message}` : cause.message
}

/** Whether a registry says that somebody else has just made what it was asked to make. */
function isRace(cause: unknown): boolean {
  return cause instanceof Error && /already exists/i.test(cause.message)
}

function statusOf(cause: unknown): number | undefined {
  const status = (cause as { status?: unknown } | null)?.status
  return typeof status === 'number' ? status : undefined
}
