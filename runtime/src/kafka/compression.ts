import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import kafkajs from 'kafkajs'

/** The fastest level: half the time of the usual one, for a tenth more bytes. */
const level = 1

// A CommonJS package whose codecs Node finds no name for.
const { CompressionCodecs, CompressionTypes } = kafkajs
const gzipAsync = promisify(gzip)
const gunzipAsync = promisify(gunzip)

/** Makes the client compress batches at the fastest level, which it has no option for. */
export function compressFast(): void {
  CompressionCodecs[CompressionTypes.GZIP] = () => ({
    compress: ({ buffer }: { readonly buffer: Buffer }) => gzipAsync(buffer, { level }),
    decompress: (buffer: Buffer) => gunzipAsync(buffer),
  })
}
