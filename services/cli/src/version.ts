import { readFileSync } from 'node:fs'

const packageFile = new URL('../../package.json', import.meta.url)

/** The version of the command, and of the code that makes findings. */
export const version: string = (JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string }).version
