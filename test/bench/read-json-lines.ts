import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'

/** The values of a file of JSON lines, gzipped if it is called so. The evaluator's own reader, apart from the product's. */
export async function* readJsonLines(path: string): AsyncGenerator<unknown, void> {
  const file = createReadStream(path)
  const input = path.endsWith('.gz') ? file.pipe(createGunzip()) : file
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }))
    if (line.trim() !== '') yield JSON.parse(line) as unknown
}
