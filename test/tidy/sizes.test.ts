import { expect, test } from 'vitest'
import { functionsOf } from './functions.ts'
import { sourceFiles, textOf, trackedFiles } from './tracked-files.ts'

const fileLinesMax = 400
const functionLinesMax = 70
const decisionLinesMax = 20

/** What may be longer, by `file` or `file name-of-function`, and why it would be worse in pieces. */
const reasons: Readonly<Record<string, string>> = {}

function linesOf(text: string): number {
  return text.replace(/\n$/, '').split('\n').length
}

const programs = sourceFiles.filter((file) => !file.includes('/fixtures/') && !file.includes('/artefacts/'))

test(`a program file has at most ${fileLinesMax} lines`, () => {
  const tooLong = programs
    .map((file) => ({ file, lines: linesOf(textOf(file)!) }))
    .filter(({ file, lines }) => lines > fileLinesMax && reasons[file] === undefined)
    .map(
      ({ file, lines }) => `${file}: ${lines} lines: split it by what it is about, or give the reason in sizes.test.ts`,
    )
  expect(tooLong).toEqual([])
})

test(`a function has at most ${functionLinesMax} lines; a describe of a test is a list and may have more`, () => {
  const tooLong = programs.flatMap((file) =>
    functionsOf(textOf(file)!)
      .filter(({ lines }) => lines > functionLinesMax)
      .filter(({ name }) => !(file.endsWith('.test.ts') && name.startsWith('describe')))
      .filter(({ name }) => reasons[`${file} ${name}`] === undefined)
      .map(({ name, line, lines }) => `${file}:${line}: ${name}: ${lines} lines: give its parts names of their own`),
  )
  expect(tooLong).toEqual([])
})

test(`a decision record has at most ${decisionLinesMax} lines`, () => {
  const tooLong = trackedFiles
    .filter((file) => file.startsWith('docs/decisions/'))
    .map((file) => ({ file, lines: linesOf(textOf(file)!) }))
    .filter(({ lines }) => lines > decisionLinesMax)
    .map(
      ({ file, lines }) => `${file}: ${lines} lines: keep context, decision, consequences; move the rest to docs/spec`,
    )
  expect(tooLong).toEqual([])
})

test('every reason is still needed', () => {
  const stale = Object.keys(reasons).filter((key) => {
    const [file, name] = key.split(' ')
    if (!programs.includes(file!)) return true
    const text = textOf(file!)!
    if (name === undefined) return linesOf(text) <= fileLinesMax
    return !functionsOf(text).some((span) => span.name === name && span.lines > functionLinesMax)
  })
  expect(stale).toEqual([])
})
