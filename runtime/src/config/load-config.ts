import { open } from 'node:fs/promises'
import { OstiaryError } from '@ostiary/schemas'
import type { Config } from './config-schema.ts'
import { type ConfigSources, resolveConfig } from './resolve-config.ts'

/** Bytes of a configuration file. */
export const configFileBytesMax: number = 1024 * 1024

/** As {@link ConfigSources}, with the file still to be read. */
export interface ConfigLocations extends Omit<ConfigSources, 'file'> {
  /** Path of a file in YAML or JSON. */
  readonly file?: string | undefined
}

/**
 * Reads the configuration file, if there is one, and resolves the configuration.
 *
 * @throws OstiaryError `config.invalid`; `input.unreadable` when the file cannot be read
 */
export async function loadConfig(locations: ConfigLocations): Promise<Config> {
  const { file, ...rest } = locations
  if (file === undefined) return resolveConfig(rest)
  return resolveConfig({ ...rest, file: { path: file, text: await readConfigFile(file) } })
}

async function readConfigFile(file: string): Promise<string> {
  const bytes = await readBytes(file)
  if (bytes.length > configFileBytesMax)
    throw new OstiaryError(
      'config.invalid',
      `Cannot use configuration file "${file}": it has more than ${configFileBytesMax} bytes; give a file of settings`,
    )
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new OstiaryError(
      'config.invalid',
      `Cannot use configuration file "${file}": it is not UTF-8; save it as UTF-8`,
      {
        cause,
      },
    )
  }
}

/** The file, or its first bytes, one more than are allowed: a pipe has no size to look at beforehand. */
async function readBytes(file: string): Promise<Buffer> {
  try {
    const handle = await open(file, 'r')
    try {
      const bytes = Buffer.allocUnsafe(configFileBytesMax + 1)
      let filled = 0
      for (;;) {
        const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled)
        filled += bytesRead
        if (bytesRead === 0 || filled === bytes.length) return bytes.subarray(0, filled)
      }
    } finally {
      await handle.close()
    }
  } catch (cause) {
    throw new OstiaryError(
      'input.unreadable',
      `Cannot read configuration file "${file}": check that it exists and is readable`,
      { cause },
    )
  }
}
