import { join } from 'node:path'
import { alertLineOf, listInputs, mergedEvents, sinks } from '@ostiary/runtime'
import { benchKey, benchSetting, newRun } from './bench-setting.ts'

// node dist/bench/cores-run.js FILE FOLDER WORKERS: prints the ms from the file's bytes to alerts written in the folder, the start
// of the threads included, as `ostiary scan` goes. A process of its own, since a heap with a corpus in it is nobody's.

const [path, folder, workers] = process.argv.slice(2)
const { config, tables, model } = await benchSetting()
const startedMs = performance.now()
const file = sinks.file(join(folder!, 'alerts.ndjson'), alertLineOf({ format: 'ocsf', productVersion: 'bench' }))
const run = newRun({ config, tables, model }, [file])
const reading = { config: { ...config, workers: Number(workers) }, tables, key: benchKey }
for await (const batch of mergedEvents(listInputs([path!]), reading).batches) await run.take(batch)
await run.finish()
await file.close()
process.stdout.write(`${performance.now() - startedMs}\n`)
