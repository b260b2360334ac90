import { homedir } from 'node:os'
import { exitCodes, type KafkaFlags, refusingSecrets, type SetExitCode, withKafkaFlags } from '@ostiary/launcher'
import { type Config, defaultKeyPath, loadConfig } from '@ostiary/runtime'
import { kafkaConfigOf, principals, toOstiaryError } from '@ostiary/runtime/kafka'
import { OstiaryError } from '@ostiary/schemas'
import { Command, Option } from 'commander'
import { type Admin, Kafka, logLevel } from 'kafkajs'
import colors from 'picocolors'
import { type CheckRow, failure, ok, type Patient } from '../doctor/check.ts'
import { examine } from '../doctor/examine.ts'
import { fileChecks } from '../doctor/file-checks.ts'
import { kafkaChecks } from '../doctor/kafka-checks.ts'
import { platformChecks } from '../doctor/platform-checks.ts'
import { registryChecks } from '../doctor/registry-checks.ts'
import { tracesChecks } from '../doctor/traces-check.ts'
import { stateTable } from '../render/state-table.ts'
import { Steps } from '../render/steps.ts'

const stateColours: Readonly<Record<CheckRow['state'], (text: string) => string>> = {
  ok: colors.green,
  warning: colors.yellow,
  failure: colors.red,
  skipped: colors.dim,
}

interface DoctorFlags extends KafkaFlags {
  readonly key?: string
  readonly principal?: Patient['principal']
  readonly principalPrefix: string
}

/** Attempts for each request: whoever asks waits, and a broker that is away is what we want to know. */
const retriesMax = 2

/** `ostiary doctor`: looks at everything that a service needs, changes nothing, and says what to do. */
export function doctorCommand(setExitCode: SetExitCode): Command {
  const command = new Command('doctor')
    .description('looks at configuration, machine, files, broker, registry, topics and rights, and says what to do')
    .option('--key <file>', 'pseudonymisation key (default: in your data folder)')
    .addOption(new Option('--principal <name>', 'whose rights are looked at').choices(principals))
    .addOption(new Option('--principal-prefix <prefix>', 'put before every principal').default('ostiary-'))
    .addHelpText('after', '\nExit code 1 where a check failed. It makes no topic, key or rule; tables may be cached.')
  return refusingSecrets(withKafkaFlags(command)).action((flags: DoctorFlags) => runDoctor(flags, setExitCode))
}

async function runDoctor(flags: DoctorFlags, setExitCode: SetExitCode): Promise<void> {
  const steps = new Steps()
  const tell = {
    begin: (check: string) => steps.begin(check),
    done: (row: CheckRow) => {
      steps.close()
      if (!process.stdout.isTTY) process.stdout.write(`${JSON.stringify(row)}\n`)
    },
  }
  const rows = await rowsOf(flags, tell)
  if (process.stdout.isTTY) {
    const shown = rows.map(({ check, state, detail }) => ({ name: check, state, details: detail }))
    const head = ['check', 'state', 'found, and what to do'] as const
    process.stdout.write(`${stateTable(head, shown, stateColours, process.stdout.columns)}\n`)
  }
  setExitCode(rows.some(({ state }) => state === 'failure') ? exitCodes.failOn : exitCodes.ok)
}

async function rowsOf(flags: DoctorFlags, tell: Parameters<typeof examine>[2]): Promise<CheckRow[]> {
  const { config, row } = await configRow(flags)
  tell.done(row)
  const settled = config ?? (await loadConfig({}))
  const connection = new Connection(settled)
  const patient: Patient = {
    config: settled,
    env: process.env,
    keyFile: flags.key ?? defaultKeyPath(process.env, homedir()),
    keyNeeded: flags.key !== undefined || flags.principal === 'enricher',
    principal: flags.principal,
    principalPrefix: flags.principalPrefix,
    admin: () => connection.admin(),
  }
  // Whatever a wrong configuration would have named is not known, and defaults are not what was meant.
  const checks =
    config === undefined
      ? platformChecks
      : [...platformChecks, ...fileChecks, ...registryChecks, ...kafkaChecks, ...tracesChecks]
  try {
    return [row, ...(await examine(checks, patient, tell))]
  } finally {
    await connection.close()
  }
}

async function configRow(flags: DoctorFlags): Promise<{ config: Config | undefined; row: CheckRow }> {
  const { brokers, registryUrl, topicPrefix } = flags
  try {
    const config = await loadConfig({
      file: flags.config,
      env: process.env,
      flags: { brokers, registryUrl, topicPrefix },
    })
    const from =
      flags.config === undefined ? 'from flags and environment' : `from "${flags.config}", flags and environment`
    return { config, row: { check: 'config', ...ok(`${from}; hash ${config.hash.slice(0, 12)}`) } }
  } catch (error) {
    if (!(error instanceof OstiaryError)) throw error
    const text = `${error.message}\nWhat it would have named was not looked at`
    return { config: undefined, row: { check: 'config', ...failure(text) } }
  }
}

/** One connection for all checks, made when the first of them asks. */
class Connection {
  readonly #config: Config
  #admin: Promise<Admin> | undefined

  constructor(config: Config) {
    this.#config = config
  }

  admin(): Promise<Admin> {
    this.#admin ??= this.#connect()
    return this.#admin
  }

  async #connect(): Promise<Admin> {
    const kafka = new Kafka({
      ...kafkaConfigOf(this.#config, process.env),
      clientId: 'ostiary-doctor',
      logLevel: logLevel.NOTHING,
      retry: { retries: retriesMax },
    })
    const admin = kafka.admin()
    try {
      await admin.connect()
    } catch (error) {
      await admin.disconnect().catch(() => undefined)
      throw toOstiaryError(`connect to Kafka at ${this.#config.brokers}`, error)
    }
    return admin
  }

  async close(): Promise<void> {
    const admin = await this.#admin?.catch(() => undefined)
    await admin?.disconnect().catch(() => undefined)
  }
}
