import { type ChildProcess, spawn } from 'node:child_process'

/**
 * Waits for the end of its standard input, which is open for as long as this process lives, and then ends another: in order,
 * and after ten seconds without asking.
 */
const watch = 'read -r _; kill "$1" 2>/dev/null && sleep 10 && kill -9 "$1" 2>/dev/null'

/**
 * Sees to it that a child in a process group of its own does not outlive this process, even where this one is killed and can
 * do nothing about it any more. What is left otherwise holds ports and memory, and nobody knows of it.
 */
export function endWithUs(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const watcher = spawn('/bin/sh', ['-c', watch, 'ostiary-watch', String(child.pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  // Without a shell there is no watcher; the child then ends as the ones who started it end it.
  watcher.once('error', () => undefined)
  watcher.stdin.once('error', () => undefined)
  watcher.unref()
  ;(watcher.stdin as unknown as { unref?: () => void }).unref?.()
  // At once, before the system gives the child's number to another process.
  child.once('exit', () => watcher.kill('SIGKILL'))
}
