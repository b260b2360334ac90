import type { Source } from '../source.ts'

/** Every source, in the order in which formats are tried. */
export const sources: readonly Source[] = []
