import { OstiaryError, textSha256 } from '@ostiary/schemas'
import { packArtefact, unpackArtefact } from '../artefact/artefact-body.ts'
import { type ModelSignature, signatureOfText, signatureText } from '../artefact/model-signature.ts'
import { checkedUnder, type ModelStore, type StoredModel, wholeModelOf } from '../artefact/model-store.ts'
import { nextEntry, type RolloutEntry, type RolloutWish, rolloutEntryOf } from '../artefact/rollout.ts'
import type { Config } from '../config/config-schema.ts'
import type { Logger } from '../log/logger.ts'
import { readBodies } from './artefact-pieces.ts'
import { ArtefactWriter, type Body } from './artefact-writer.ts'

/**
 * Models in `access.artefacts`, with the journal beside them. What takes effect is a marker in every partition of
 * `access.events`, written with the journal's entry in one transaction.
 */
export class KafkaModelStore implements ModelStore {
  readonly name: string
  readonly #writer: ArtefactWriter

  private constructor(writer: ArtefactWriter) {
    this.name = writer.name
    this.#writer = writer
  }

  /** @throws OstiaryError `kafka.unavailable`, `topics.invalid` */
  static async open(config: Config, env: NodeJS.ProcessEnv, log: Logger): Promise<KafkaModelStore> {
    const options = { what: 'models', principal: 'modeller', journal: 'rollout' } as const
    return new KafkaModelStore(await ArtefactWriter.open(config, env, log, options))
  }

  entries(): Promise<readonly RolloutEntry[]> {
    return this.#writer.journal(rolloutEntryOf)
  }

  async ids(): Promise<readonly string[]> {
    const bodies = await readBodies(this.#writer.topic, ['model/'])
    return bodies.map(({ hash }) => hash).sort()
  }

  async read(id: string): Promise<StoredModel> {
    const bodies = await readBodies(this.#writer.topic, [`model/${id}/`, `signature/${id}/`])
    const model = bodies.find(({ kind }) => kind === 'model')
    if (model?.body === undefined) {
      const detail = model?.detail ?? 'nothing of it is there'
      throw new OstiaryError('model.invalid', `Cannot find model ${id} on ${this.name}: ${detail}. Publish its folder`)
    }
    const text = bodies.find(({ kind }) => kind === 'signature')?.body?.toString('utf8')
    return checkedUnder(id, { bytes: unpackArtefact(model.body), signature: signatureOfText(id, text ?? '') })
  }

  async put(id: string, { bytes, signature }: StoredModel): Promise<void> {
    const there = await this.#whole(id)
    const bodies: Body[] = [
      ...(there === undefined ? [{ kind: 'model', hash: id, bytes: packArtefact(bytes) } as const] : []),
      ...(signature === undefined || isSame(signature, there?.signature) ? [] : [signatureBody(signature)]),
    ]
    if (bodies.length > 0) await this.#writer.write(async () => ({ bodies }))
  }

  async record(wish: RolloutWish): Promise<RolloutEntry> {
    let entry: RolloutEntry | undefined
    await this.#writer.write(async () => {
      // Read once nobody else can write: what is counted on from here on is the last there is.
      entry = nextEntry(await this.entries(), wish, Date.now())
      const { action, model, epoch, time } = entry
      const signature = model === '' ? '' : signatureText((await this.read(model)).signature)
      const text = JSON.stringify(entry)
      const kind = action === 'shadow' ? 'shadow' : 'model'
      return {
        bodies: [{ kind: 'rollout', hash: textSha256(text), bytes: Buffer.from(text, 'utf8') }],
        marker: { kind, time: Date.parse(time), hash: model, epoch, signature },
      }
    })
    return entry!
  }

  close(): Promise<void> {
    return this.#writer.close()
  }

  async #whole(id: string): Promise<StoredModel | undefined> {
    try {
      const stored = await this.read(id)
      wholeModelOf(stored)
      return stored
    } catch (error) {
      if (error instanceof OstiaryError && error.code === 'model.invalid') return undefined
      throw error
    }
  }
}

function signatureBody(signature: ModelSignature): Body {
  return { kind: 'signature', hash: signature.artefact, bytes: Buffer.from(signatureText(signature), 'utf8') }
}

function isSame(a: ModelSignature, b: ModelSignature | undefined): boolean {
  return signatureText(a) === signatureText(b)
}
