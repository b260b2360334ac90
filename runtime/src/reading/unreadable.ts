import { OstiaryError } from '@ostiary/schemas'

const cures: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist: check the path, or remove a link that leads nowhere',
  ENOTDIR: 'a part of the path is no folder: check the path',
  EACCES: 'permission is denied: give this user the right to read it',
  EPERM: 'permission is denied: give this user the right to read it',
  EISDIR: 'it is a folder, not a file: name the folder itself as an argument',
  ELOOP: 'its links lead in a circle: remove one of them',
  EMFILE: 'too many files are open: raise the limit of open files (ulimit -n) and run again',
  EIO: 'the disk or the network gave an error: run again, and check the device',
}

/** The error for a path that cannot be read; `cause` is what the file system gave. */
export function unreadable(path: string, cause: unknown): OstiaryError {
  const code = String((cause as { code?: unknown } | null)?.code ?? '')
  const said = cause instanceof Error ? cause.message : String(cause)
  const cure = cures[code] ?? `${said}: check the path and run again`
  const retriable = code === 'EMFILE' || code === 'EIO'
  const name = path === '-' ? 'the standard input' : `"${path}"`
  return new OstiaryError('input.unreadable', `cannot read ${name}: ${cure}`, { retriable, cause })
}
