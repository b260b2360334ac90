import type { Writable } from 'node:stream'
import { fileSink } from './file-sink.ts'
import type { AlertLine, Sink } from './sink.ts'
import { streamSink } from './stream-sink.ts'

/** Every kind of sink, by its id. A new one is a line here; the conformance suite then holds it to the laws. */
export const sinks = {
  file: (path: string, line: AlertLine): Sink => fileSink(path, line),
  stdout: (line: AlertLine, stream: Writable = process.stdout): Sink => streamSink(stream, line),
} as const
