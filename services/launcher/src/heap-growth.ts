import { setFlagsFromString } from 'node:v8'

/** How far the heap may grow beyond what was alive at its last collection before it is collected again, percent. */
const heapGrowthPercent = 100

/**
 * Bounds how far the heap grows between two collections. V8 lets it grow up to four times what is alive
 * (`MemoryController::GrowingFactor`), and a service under steady load goes on growing for an hour until it gets there.
 * The flag holds from the next collection on.
 */
export function boundHeapGrowth(): void {
  setFlagsFromString(`--heap-growing-percent=${heapGrowthPercent}`)
}
