import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { generatedFiles } from './generated-files.ts'

const root = new URL('../../', import.meta.url)

test.each(generatedFiles.map((file) => [file.path, file] as const))('%s is current', (path, file) => {
  const held = readFileSync(new URL(path, root), 'utf8')
  expect(held === file.text(), `${path} is not what its tables give: run npm run generate`).toBe(true)
})
