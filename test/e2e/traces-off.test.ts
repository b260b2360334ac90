import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { commandFolder, expectCode, root } from './command.ts'

const folder = commandFolder()
/** Tells every module that is imported. */
const hooks = `
import { writeSync } from 'node:fs'
export async function resolve(name, context, next) {
  const resolved = await next(name, context)
  writeSync(2, resolved.url + '\\n')
  return resolved
}`
const dataUrl = (source: string): string => `data:text/javascript,${encodeURIComponent(source)}`
const hooking = dataUrl(`import { register } from 'node:module'; register(${JSON.stringify(dataUrl(hooks))})`)
const runtime = pathToFileURL(join(root, 'runtime/dist/src/kafka/index.js')).href

async function importedWith(endpoint: string): Promise<readonly string[]> {
  const script = `
import { startTracing } from ${JSON.stringify(runtime)}
const log = { info: () => undefined }
const tracing = await startTracing({ endpoint: '${endpoint}', ratio: 1, service: 's', version: '0', env: {}, log, metrics: {} })
await tracing?.close()`
  const ran = await folder.startProgram(process.execPath, [
    ...['--import', hooking, '--input-type=module', '--eval', script],
  ]).done
  expectCode(ran, 0)
  return ran.stderr.split('\n')
}

test('without an endpoint a service imports no SDK, and with one it does', async () => {
  const isSdk = (url: string): boolean => /@opentelemetry\/(?:sdk|exporter|resources)/.test(url)
  const off = await importedWith('')
  expect(off.some((url) => url.endsWith('/start-tracing.js'))).toBe(true)
  expect(off.filter(isSdk)).toEqual([])
  expect((await importedWith('http://127.0.0.1:1')).some(isSdk)).toBe(true)
})
