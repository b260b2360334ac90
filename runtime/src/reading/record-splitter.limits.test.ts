import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { headBytesMax, type RawItem } from './raw-item.ts'
import { RecordSplitter } from './record-splitter.ts'
import { kinds, see, split } from './split-for-test.ts'

describe('limits', () => {
  it('accepts a record of exactly recordBytesMax and rejects one byte more, in every layout', () => {
    const fits = '{"a":"123456"}'
    for (const wrap of [
      (t: string) => `${t}\n{}\n`,
      (t: string) => `[${t},{}]`,
      (t: string) => `{"Records":[${t},{}]}`,
    ]) {
      const options = { recordBytesMax: fits.length }
      expect(kinds(split(wrap(fits), [], options))).toEqual([`record ${fits}`, 'record {}'])
      const long = fits.replace('1', '11')
      expect(kinds(split(wrap(long), [5, 9], options))).toEqual([`bytes.oversized ${long}`, 'record {}'])
    }
  })

  it('rejects a record of 100 MB with its length and hash, in bounded memory, and reads on', () => {
    const size = 100 * 1024 * 1024
    const piece = Buffer.alloc(64 * 1024, 'ab}{]["\\u0041\\"'.replaceAll('"', '').replaceAll('\\', ''))
    for (const [open, close] of [
      ['', '\n'],
      ['{"Records":[{},', ','],
    ] as const) {
      const splitter = new RecordSplitter()
      const hash = createHash('sha256')
      const items: RawItem[] = []
      const feed = (bytes: Buffer, isRecord: boolean): void => {
        if (isRecord) hash.update(bytes)
        items.push(...splitter.push(bytes))
      }
      feed(Buffer.from(open), false)
      feed(Buffer.from('{"a":"'), true)
      const before = process.memoryUsage().arrayBuffers
      let most = 0
      for (let done = 0; done < size; done += piece.length) {
        feed(piece, true)
        most = Math.max(most, process.memoryUsage().arrayBuffers - before)
      }
      feed(Buffer.from('"}'), true)
      feed(Buffer.from(`${close}{"b":1}\n`), false)
      const [oversized, next] = items.slice(-2)
      expect(oversized).toMatchObject({ kind: 'reject', reason: 'bytes.oversized', length: size + 8 })
      expect(oversized).toMatchObject({ sha256: hash.digest('hex'), byteOffset: open.length })
      expect(oversized?.kind === 'reject' && oversized.head.length).toBe(headBytesMax)
      expect(next?.kind === 'record' ? next.bytes.toString() : '').toBe('{"b":1}')
      items.push(...splitter.end())
      expect(most).toBeLessThan(16 * 1024 * 1024)
    }
  })

  it('splits an endless wrapper on one line in bounded memory', () => {
    const splitter = new RecordSplitter()
    const element = `{"eventName":"${'x'.repeat(500)}"},`
    const chunk = Buffer.from(element.repeat(100))
    splitter.push(Buffer.from('{"Records":['))
    const before = process.memoryUsage().arrayBuffers
    let count = 0
    for (let round = 0; round < 500; round++) count += splitter.push(chunk).length
    expect(count).toBe(50_000)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * 1024 * 1024)
    expect(
      splitter
        .push(Buffer.from(']}\n{"a":1}\n'))
        .map(see)
        .map((item) => item.text),
    ).toEqual(['{"a":1}'])
  })

  it('names nesting of 20,000 levels, closed or not, and reads on', () => {
    const deep = `${'{"a":['.repeat(10_000)}${']}'.repeat(10_000)}`
    const seen = split(
      `${deep}\n{"b":1}\n[${deep},{"c":1}]{"Records":[${deep}]}\n${'['.repeat(20_000)}\n{"d":1}\n`,
      [7, 9000],
    )
    expect(seen.map((item) => item.kind)).toEqual([
      'json.too_deep',
      'record',
      'json.too_deep',
      'record',
      'json.too_deep',
      'json.invalid',
      'record',
    ])
    expect(seen[0]!.length).toBe(deep.length)
    expect(split('{"a":'.repeat(20_000))[0]!.kind).toBe('json.too_deep')
  })

  it('counts the record itself as the first level, on the fast way and the exact one', () => {
    const nested = (levels: number): string => `${'{"a":'.repeat(levels - 1)}{}${'}'.repeat(levels - 1)}`
    for (const end of ['\n{}\n', '']) {
      expect(split(nested(64) + end)[0]!.kind).toBe('record')
      expect(split(nested(65) + end)[0]!.kind).toBe('json.too_deep')
      expect(split(`{"a":"${'{'.repeat(500)}"}${end}`)[0]!.kind).toBe('record')
    }
  })
})
