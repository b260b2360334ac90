import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { canonicalJson, OstiaryError } from '@ostiary/schemas'
import { describe, expect, test } from 'vitest'
import {
  type ArtefactBytes,
  type ArtefactFile,
  type ArtefactManifest,
  artefactFiles,
  artefactIdOf,
  scoringModelOf,
} from './model-artefact.ts'

/** The model that ships is the sample: it must load anyway. */
const starter = new URL('../../artefacts/starter/', import.meta.url)
const whole: ArtefactBytes = {
  manifest: readFileSync(new URL('manifest.json', starter)),
  files: Object.fromEntries(
    artefactFiles.map((name) => [name, Uint8Array.from(readFileSync(new URL(name, starter)))]),
  ) as Record<ArtefactFile, Uint8Array>,
}
const manifest = JSON.parse(Buffer.from(whole.manifest).toString('utf8')) as ArtefactManifest

function withManifest(members: Readonly<Record<string, unknown>>): ArtefactBytes {
  return { ...whole, manifest: Buffer.from(JSON.stringify({ ...manifest, ...members })) }
}

/** A file changed together with its hash, as somebody would who means it. */
function withFile(name: ArtefactFile, bytes: Uint8Array): ArtefactBytes {
  const hash = createHash('sha256').update(bytes).digest('hex')
  return {
    ...withManifest({ files: { ...manifest.files, [name]: hash } }),
    files: { ...whole.files, [name]: bytes },
  }
}

function expectRefused(bytes: ArtefactBytes, words: string | RegExp): void {
  let refused: unknown
  try {
    scoringModelOf(bytes)
  } catch (error) {
    refused = error
  }
  expect(refused).toBeInstanceOf(OstiaryError)
  expect(refused).toMatchObject({ code: 'model.invalid', message: expect.stringMatching(words) })
}

test('a whole artefact loads under the hash of its manifest', () => {
  const model = scoringModelOf(whole)
  expect(model.id).toBe(createHash('sha256').update(canonicalJson(manifest)).digest('hex'))
  expect(model.id).toBe(artefactIdOf(manifest))
  expect(Buffer.from(whole.manifest).toString('utf8')).toBe(`${canonicalJson(manifest)}\n`)
  expect(model.autoencoderWeight).toBe(manifest.autoencoderWeight)
})

test('stranger ranks have more bits, and a bigger budget a lower threshold', () => {
  const model = scoringModelOf(whole)
  let before = -1
  for (let rank = -20; rank < 200; rank += 0.5) {
    const { bits } = model.scoreBits(rank)
    expect(bits).toBeGreaterThan(before)
    expect(model.surpriseBits(rank)).toBeGreaterThanOrEqual(0)
    before = bits
  }
  const thresholds = [0.1, 1, 10, 100].map((alertsPerDay) => model.pageBits(alertsPerDay))
  expect(thresholds).toEqual([...thresholds].sort((a, b) => b - a))
})

describe.each([...artefactFiles])('%s', (name) => {
  test('with one bit changed anywhere is refused by name', () => {
    const places = [0, 1, 100, whole.files[name].length >> 1, whole.files[name].length - 1]
    for (const place of places) {
      const bytes = Uint8Array.from(whole.files[name])
      bytes[place]! ^= 4
      expectRefused({ ...whole, files: { ...whole.files, [name]: bytes } }, name)
    }
  })

  test('cut or empty is refused', () => {
    for (const length of [0, whole.files[name].length - 1])
      expectRefused({ ...whole, files: { ...whole.files, [name]: whole.files[name].subarray(0, length) } }, name)
  })
})

describe('a manifest', () => {
  test('with one bit changed is refused, or names another artefact', () => {
    const { id } = scoringModelOf(whole)
    for (let place = 0; place < whole.manifest.length - 1; place += 7) {
      const bytes = Uint8Array.from(whole.manifest)
      bytes[place]! ^= 1
      let model: ReturnType<typeof scoringModelOf> | undefined
      try {
        model = scoringModelOf({ ...whole, manifest: bytes })
      } catch (error) {
        expect(error).toMatchObject({ code: 'model.invalid' })
      }
      expect(model?.id).not.toBe(id)
    }
  })

  test.each([
    ['another version', { version: 2 }, /version/],
    ['other signals', { signals: manifest.signals.slice(1) }, /other signals/],
    ['signals in another order', { signals: [...manifest.signals].reverse() }, /other signals/],
    ['another rank', { rank: '0'.repeat(64) }, /another rank/],
    ['no rank, as it was made before ranks had names', { rank: undefined }, /members/],
    ['other inputs', { autoencoderInputs: [] }, /other inputs/],
    ['a weight over its bound', { autoencoderWeight: 10.1 }, /autoencoderWeight/],
    ['a weight that is none', { autoencoderWeight: null }, /autoencoderWeight/],
    ['a member missing', { seed: undefined }, /members/],
    ['a member too many', { trainedOn: 'x' }, /members/],
    ['a file missing', { files: { ...manifest.files, 'census.json': undefined } }, /SHA-256/],
    ['a file too many', { files: { ...manifest.files, 'other.json': '0'.repeat(64) } }, /SHA-256/],
    ['a hash that is none', { files: { ...manifest.files, 'census.json': 'x' } }, /SHA-256/],
    ['a time that is none', { trainedFrom: 'yesterday' }, /yesterday/],
    ['a negative count', { events: -1 }, /-1/],
  ])('with %s is refused', (_name, members, words) => {
    expectRefused(withManifest(members), words)
  })

  test.each(['', 'null', '[]', '7', '{', '{}'])('that is %j is refused', (text) => {
    expectRefused({ ...whole, manifest: Buffer.from(text) }, 'Cannot use model')
  })
})

describe('files that fit their hashes but not each other', () => {
  test.each([
    ['calibration.json', '{"version":1}', /calibration/],
    ['calibration.json', '[', /Cannot use model/],
    ['census.json', '{}', /census/],
    ['model.json', '{}', /Cannot use model/],
    ['weights.bin', 'too short', /Cannot use model/],
  ] as const)('%s of %j', (name, text, words) => {
    expectRefused(withFile(name, Buffer.from(text)), words)
  })
})
