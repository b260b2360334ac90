import type { AccessEvent } from '@ostiary/schemas'
import type { ListedInput } from '../reading/list-inputs.ts'
import type { Reader, Reading } from './file-reader.ts'
import type { TimedInput } from './merge-by-time.ts'

/** A file of records as a stream of access events; `onReading` is told what else its records came to, when it is their turn. */
export function fileInput(
  { path, bytes }: ListedInput,
  reader: Reader,
  onReading: (reading: Reading) => void,
): TimedInput<AccessEvent> {
  const file = reader.file(path)
  return {
    path,
    // What a pipe gave for a look would be gone when it is read: its first event counts as due at once.
    firstMs: async () => (bytes === 0 ? undefined : file.firstMs()),
    prepare: () => file.prepare(),
    async *open() {
      for await (const reading of file.readings()) {
        onReading(reading)
        yield reading.events
      }
    },
  }
}
