import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { OstiaryError } from '@ostiary/schemas'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { listInputs } from './list-inputs.ts'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ostiary-inputs-'))
})
afterEach(() => rmSync(root, { recursive: true }))

function put(...names: readonly string[]): void {
  for (const name of names) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), 'x'.repeat(name.length))
  }
}
const names = (paths: readonly string[]): string[] => listInputs(paths).map((input) => relative(root, input.path))

describe('folders', () => {
  it('are read to the bottom, by path in code-unit order, with sizes', () => {
    put('b.json', 'a/z.json.gz', 'a/Z.ndjson', 'a.log', 'a-b/x.jsonl', 'a/plain', 'a/é.gz', 'a/b/c/d.JSON')
    const expected = [
      'a-b/x.jsonl',
      'a.log',
      'a/Z.ndjson',
      'a/b/c/d.JSON',
      'a/plain',
      'a/z.json.gz',
      'a/é.gz',
      'b.json',
    ]
    expect(names([root])).toEqual(expected)
    expect(listInputs([root]).map((input) => input.bytes)).toEqual(expected.map((name) => name.length))
  })

  it('pass over what cannot be read where somebody is told of it', () => {
    put('a.json', 'b/c.json')
    symlinkSync(join(root, 'nowhere'), join(root, 'b', 'link.json'))
    expect(() => listInputs([root])).toThrow('it does not exist')
    const told: string[] = []
    const listed = listInputs([root], { onUnreadable: (path) => told.push(relative(root, path)) })
    expect(listed.map((input) => relative(root, input.path))).toEqual(['a.json', 'b/c.json'])
    expect(told).toEqual(['b/link.json'])
  })

  it('pass over what is no log, and count it', () => {
    put('a.json', '.hidden.json', '.git/x.json', 'AWSLogs/CloudTrail-Digest/d.json.gz', 'AWSLogs/CloudTrail/c.json.gz')
    put('labels.csv', 'labels.csv.gz', 'dev.meta.json', 'README.md', 'picture.png', 'notes.txt', 'all.tar.gz')
    const skipped: string[] = []
    const found = listInputs([root], { onSkip: (path, reason) => skipped.push(`${reason} ${relative(root, path)}`) })
    expect(found.map((input) => relative(root, input.path))).toEqual(['AWSLogs/CloudTrail/c.json.gz', 'a.json'])
    expect(skipped.sort()).toEqual([
      'digest AWSLogs/CloudTrail-Digest',
      'extension README.md',
      'extension all.tar.gz',
      'extension dev.meta.json',
      'extension labels.csv',
      'extension labels.csv.gz',
      'extension notes.txt',
      'extension picture.png',
      'hidden .git',
      'hidden .hidden.json',
    ])
  })

  it('may be empty', () => {
    expect(listInputs([root])).toEqual([])
  })

  it('may be linked in circles', () => {
    put('a/x.json', 'b/y.json')
    symlinkSync('..', join(root, 'a/up'))
    symlinkSync('../a', join(root, 'b/a'))
    symlinkSync('x.json', join(root, 'a/same.json'))
    expect(names([root])).toEqual(['a/same.json', 'a/x.json', 'b/y.json'])
  })

  it('with a link that leads nowhere are an error that names it', () => {
    put('x.json')
    symlinkSync('nowhere', join(root, 'broken.json'))
    expect(() => listInputs([root])).toThrow(/broken\.json.*does not exist/)
  })

  it('hold at most filesMax files', () => {
    put('1.json', '2.json', '3.json')
    expect(listInputs([root], { filesMax: 3 }).length).toBe(3)
    expect(() => listInputs([root], { filesMax: 2 })).toThrow(/more than 2 files/)
    expect(() => listInputs([join(root, '1.json'), root], { filesMax: 3 })).toThrow(/more than 3 files/)
  })
})

describe('files', () => {
  it('are listed when named, whatever their name, in the order of the arguments', () => {
    put('z.txt', '.hidden', 'f/b.json', 'f/a.json')
    const paths = ['z.txt', 'f', '.hidden'].map((name) => join(root, name))
    expect(names(paths)).toEqual(['z.txt', 'f/a.json', 'f/b.json', '.hidden'])
  })

  it('that are missing are an error that says what to do', () => {
    const path = join(root, 'missing.json')
    let thrown: unknown
    try {
      listInputs([path])
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(OstiaryError)
    expect(thrown).toMatchObject({ code: 'input.unreadable', retriable: false })
    expect((thrown as OstiaryError).message).toBe(
      `cannot read "${path}": it does not exist: check the path, or remove a link that leads nowhere`,
    )
  })

  it('may be the standard input, once', () => {
    expect(listInputs(['-'])).toEqual([{ path: '-', bytes: 0 }])
    expect(() => listInputs(['-', '-'])).toThrow(/twice/)
  })
})
