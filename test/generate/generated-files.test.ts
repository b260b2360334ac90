import { expect, test } from 'vitest'
import { generatedFiles } from './generated-files.ts'

// `npm run generate` runs this file with --update, which writes what otherwise is only compared.
test.each(generatedFiles.map((file) => [file.path, file] as const))('%s is current', async (path, file) => {
  await expect(file.text()).toMatchFileSnapshot(`../../${path}`, `${path}: run npm run generate`)
})
