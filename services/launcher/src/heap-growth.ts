import { setFlagsFromString } from 'node:v8'

/** How far the heap may grow beyond what was alive at its last collection before it is collected again, percent. */
const heapGrowthPercent = 100

/**
 * Bounds how far the heap grows between two collections. V8 lets it grow up to four times what is alive
 * (`kMaxGrowingFactor` of its heap-controller.h), and a service under steady load takes that room little by little.
 * The flag holds from the next collection on.
 */
export function boundHeapGrowth(): void {
  setFlagsFromString(`--heap-growing-percent=${heapGrowthPercent}`)
}
