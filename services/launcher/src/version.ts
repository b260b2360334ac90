import { existsSync, readFileSync } from 'node:fs'

// The sources lie one folder nearer to the package's file than what is compiled.
const packageFile = ['../package.json', '../../package.json']
  .map((path) => new URL(path, import.meta.url))
  .find((url) => existsSync(url))!
const parsed = JSON.parse(readFileSync(packageFile, 'utf8')) as { readonly version: string }

/** Version of the program, from its package. */
export const version: string = parsed.version
