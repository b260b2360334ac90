import { existsSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path/posix'
import { describe, expect, test } from 'vitest'
import { root, textOf, trackedFiles } from './tracked-files.ts'

const pages = trackedFiles.filter((path) => path.endsWith('.md') && !path.includes('/fixtures/'))

function withoutCode(text: string): string {
  return text.replace(/^(```|~~~)[\s\S]*?^\1/gm, '').replace(/`[^`\n]*`/g, '')
}

/** Targets of the links and images of a page, as they are written. */
function linksOf(text: string): readonly string[] {
  const plain = withoutCode(text)
  return [
    ...[...plain.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)].map((match) => match[1]!),
    ...[...plain.matchAll(/^\[[^\]]+\]:\s*(\S+)/gm)].map((match) => match[1]!),
  ]
}

/** The fragments that a page's headings can be linked by, as GitHub makes them. */
function anchorsOf(text: string): ReadonlySet<string> {
  const headings = text.replace(/^(```|~~~)[\s\S]*?^\1/gm, '').matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)
  return new Set(
    [...headings].map((match) =>
      match[1]!
        .toLowerCase()
        .replace(/[^\w\s-]/g, '')
        .replace(/\s/g, '-'),
    ),
  )
}

/** What is wrong with a link, with its cure; `undefined` when nothing is. */
function broken(page: string, link: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:/i.test(link)) return undefined
  const [path, fragment] = link.split('#') as [string, string | undefined]
  const target = path === '' ? page : normalize(join(dirname(page), decodeURIComponent(path)))
  if (target.startsWith('..')) return 'leaves the repository: link to what everyone has'
  if (!existsSync(join(root, target))) return 'names no file: mend the path or drop the link'
  if (fragment === undefined || !target.endsWith('.md')) return undefined
  return anchorsOf(textOf(target)!).has(fragment) ? undefined : `names no heading of ${target}: mend the part after #`
}

test.each(pages)('every link of %s leads somewhere', (page) => {
  const wrong = linksOf(textOf(page)!).flatMap((link) => {
    const reason = broken(page, link)
    return reason === undefined ? [] : [`${page}: (${link}) ${reason}`]
  })
  expect(wrong).toEqual([])
})

describe('the rule itself', () => {
  test('links are read outside code only', () => {
    expect(linksOf('[a](b.md) `[c](d)` ![e](<f.svg> "g")\n```\n[h](i)\n```\n[j]: k.md#l\n')).toEqual([
      'b.md',
      'f.svg',
      'k.md#l',
    ])
  })

  test.each(['nowhere.md', '#no-such-heading', '../../../outside.md'])('%s is broken', (link) => {
    expect(broken('docs/spec/privacy.md', link)).toBeTypeOf('string')
  })

  test.each(['privacy.md', '#what-may-leave-the-process', 'https://example.com/a', '../../LICENSE'])(
    '%s is not',
    (link) => {
      expect(broken('docs/spec/privacy.md', link)).toBeUndefined()
    },
  )
})
