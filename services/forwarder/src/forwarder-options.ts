import { OstiaryError } from '@ostiary/schemas'

/** Kinds of receivers. */
const receivers = ['webhook', 'alertmanager', 'syslog', 'file'] as const
type Receiver = (typeof receivers)[number]

/** Where alerts are to go. */
export interface ForwarderOptions {
  readonly to: Receiver
  /** Ends the name of the consumer group, so that two of a kind get every alert each; the sink's id unless given. */
  readonly name?: string | undefined
  readonly url?: string | undefined
  /** File with the secret that signs webhooks; `OSTIARY_WEBHOOK_SECRET` is read where this is not given. */
  readonly secretFile?: string | undefined
  /** PEM of the authorities to trust. */
  readonly caFile?: string | undefined
  /** PEM of the certificate that is shown to a receiver of syslog over TLS, and of its key. */
  readonly certFile?: string | undefined
  readonly keyFile?: string | undefined
  /** Lets alerts cross a network in clear. */
  readonly allowClear?: boolean | undefined
  readonly facility?: number | undefined
  readonly file?: string | undefined
  readonly fileBytesMax?: number | undefined
  readonly filesMax?: number | undefined
  readonly format?: 'ocsf' | 'flat' | undefined
}

type Option = Exclude<keyof ForwarderOptions, 'to' | 'name'>

const optionsOf: Readonly<Record<Receiver, readonly Option[]>> = {
  webhook: ['url', 'secretFile', 'caFile', 'allowClear', 'format'],
  alertmanager: ['url', 'caFile', 'allowClear'],
  syslog: ['url', 'caFile', 'certFile', 'keyFile', 'allowClear', 'facility'],
  file: ['file', 'fileBytesMax', 'filesMax', 'format'],
}

/** What has to be given, and how it looks. */
const neededOf: Readonly<Record<Receiver, readonly [option: 'url' | 'file', example: string]>> = {
  webhook: ['url', 'https://host/path'],
  alertmanager: ['url', 'https://host:9093'],
  syslog: ['url', 'tls://host:6514'],
  file: ['file', 'PATH'],
}

/** Ends the name of a consumer group, which access rights and tools show. */
const nameForm = /^[A-Za-z0-9._-]{1,64}$/

/**
 * Gives the receiver's address, where nothing is missing and nothing is given that it has no use for: an option that is passed
 * over would be taken for granted.
 *
 * @throws OstiaryError `usage.invalid`
 */
export function addressOf(options: ForwarderOptions): string {
  const { to, name } = options
  const given = (Object.keys(options) as (keyof ForwarderOptions)[]).filter((key) => options[key] !== undefined)
  for (const key of given) {
    if (key === 'to' || key === 'name' || optionsOf[to].includes(key)) continue
    const users = receivers.filter((receiver) => optionsOf[receiver].includes(key)).join(', ')
    throw invalid(`Cannot use ${flagOf(key)} with --to ${to}: it is for ${users}`)
  }
  if (name !== undefined && !nameForm.test(name))
    throw invalid(`Cannot call a forwarder "${name}": give 1 to 64 letters, digits, dots, dashes and underscores`)
  const [needed, example] = neededOf[to]
  const address = options[needed]
  if (address === undefined || address === '')
    throw invalid(`Cannot forward alerts to ${to}: give ${flagOf(needed)} ${example}`)
  return address
}

function flagOf(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

function invalid(message: string): OstiaryError {
  return new OstiaryError('usage.invalid', message)
}
