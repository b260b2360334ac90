import { fileURLToPath } from 'node:url'

/** The checkout, as this program finds it once it is compiled. */
export const checkout: string = fileURLToPath(new URL('../../../', import.meta.url))
