import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname } from 'node:path'
import {
  type Config,
  dataFolder,
  defaultCacheFolder,
  keyIdOf,
  loadModelTrust,
  loadTables,
  modelInForce,
  readKeyFile,
} from '@ostiary/runtime'
import { bytesText } from '../render/progress.ts'
import { type Check, failure, type Outcome, ok, type Patient, skipped, warning } from './check.ts'

/** Free bytes below which the next state or table may not fit. */
const freeBytesMin = 256 * 1024 * 1024
/** Free bytes that a state of many identities, written anew beside the old one, may take. */
const freeBytesWanted = 4 * 1024 * 1024 * 1024

/** Settings that name a file with a secret. */
const secretSettings = ['saslPasswordFile', 'registryPasswordFile', 'tlsKeyFile'] as const

/** The pseudonymisation key: there, whole, and its owner's only. */
export function keyOutcome({ keyFile, keyNeeded }: Pick<Patient, 'keyFile' | 'keyNeeded'>): Outcome {
  if (!keyNeeded && !existsSync(keyFile))
    return skipped(`there is no key at "${keyFile}"; the first scan makes one, and a service is given one by --key`)
  return ok(`key ${keyIdOf(readKeyFile(keyFile))} in "${keyFile}", for its owner only`)
}

/** Files with passwords and private keys: there, readable by us, and not by everybody. */
export function secretsOutcome(config: Pick<Config, (typeof secretSettings)[number]>): Outcome {
  const named = secretSettings.map((setting) => [setting, config[setting]] as const).filter(([, file]) => file !== '')
  if (named.length === 0) return skipped('the configuration names no file with a secret')
  const problems = named.flatMap(([setting, file]) => secretProblem(setting, file) ?? [])
  const worst = problems.find(({ state }) => state === 'failure') ?? problems[0]
  if (worst === undefined)
    return ok(`${named.map(([setting]) => setting).join(', ')}: readable by us, not by everybody`)
  return { state: worst.state, detail: problems.map(({ detail }) => detail).join('\n') }
}

function secretProblem(setting: string, file: string): Outcome | undefined {
  let mode: number
  try {
    accessSync(file, constants.R_OK)
    mode = statSync(file).mode & 0o777
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return failure(`cannot read "${setting}" from "${file}": ${why}; make it readable by whoever runs this`)
  }
  // Windows has no such bits; Node makes them up. A group may be how a container is given its secrets.
  if ((mode & 0o007) === 0 || process.platform === 'win32') return undefined
  const found = mode.toString(8).padStart(4, '0')
  return warning(`everybody on this machine may open "${file}" of "${setting}" (mode ${found}): run chmod 600 ${file}`)
}

/** Room and right to write where states, tables and downloads are kept. */
export function diskOutcome(folders: readonly string[]): Outcome {
  const outcomes = folders.map(folderOutcome)
  for (const state of ['failure', 'warning'] as const) {
    const some = outcomes.filter((one) => one.state === state)
    if (some.length > 0) return { state, detail: some.map(({ detail }) => detail).join('\n') }
  }
  return ok(outcomes.map(({ detail }) => detail).join('\n'))
}

function folderOutcome(folder: string): Outcome {
  // What is not there yet is made in the nearest folder above it.
  let there = folder
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there)
  if (!statSync(there).isDirectory())
    return failure(`"${folder}": "${there}" is no folder; move it away, or choose another`)
  const { bavail, bsize } = statfsSync(there)
  const free = bavail * bsize
  const text = `"${folder}": ${bytesText(free)} free`
  if (free < freeBytesMin) return failure(`${text}, too little to write a state: make room, or choose another folder`)
  try {
    accessSync(there, constants.W_OK)
  } catch {
    // Services in containers keep nothing there: their state is in Kafka.
    return warning(
      `"${folder}" cannot be written: tables are built anew at each start, and no state or key can be kept there`,
    )
  }
  return free < freeBytesWanted ? warning(`${text}, little for a state of many identities: make room`) : ok(text)
}

async function modelOutcome({ config, env }: Patient): Promise<Outcome> {
  const passed: string[] = []
  const trust = await loadModelTrust(config, env)
  const model = await modelInForce(config, env, (text) => passed.push(text))
  const signing = trust.required ? 'signatures are required' : 'signatures are not required'
  const text = `model ${model.id.slice(0, 12)} loads; ${trust.keys.length} trusted keys, ${signing}`
  return passed.length === 0 ? ok(text) : warning(`${text}\n${passed.join('\n')}`)
}

async function tablesOutcome({ config, env }: Patient): Promise<Outcome> {
  const tables = await loadTables({ contextFiles: config.context, cacheFolder: defaultCacheFolder(env) })
  return ok(`tables ${tables.id.slice(0, 12)} with ${config.context.length} context files`)
}

/** What lies on this machine. */
export const fileChecks: readonly Check[] = [
  { name: 'key', run: keyOutcome },
  { name: 'secrets', run: ({ config }) => secretsOutcome(config) },
  { name: 'disk', run: ({ env }) => diskOutcome([dataFolder(env, homedir()), defaultCacheFolder(env)]) },
  { name: 'model', run: modelOutcome },
  { name: 'tables', run: tablesOutcome },
]
