import { alertLineOf, type ForwardingSink, sinks } from '@ostiary/runtime'
import { readSecret, type ServiceContext } from '@ostiary/runtime/kafka'
import { OstiaryError } from '@ostiary/schemas'
import { addressOf, type ForwarderOptions } from './forwarder-options.ts'

/**
 * Opens the sink that the options ask for.
 *
 * @throws OstiaryError `usage.invalid`, `config.invalid`, `output.unwritable`
 */
export function sinkOf(
  context: Pick<ServiceContext, 'env' | 'log' | 'signal' | 'version' | 'health'>,
  options: ForwarderOptions,
): ForwardingSink {
  const address = addressOf(options)
  const { log, signal, version, health } = context
  const onAway = (why: string | undefined): void => health.setReady('receiver', why === undefined, why)
  const { to, allowClear, facility, fileBytesMax, filesMax, format = 'ocsf' } = options
  const line = alertLineOf({ format, productVersion: version })
  if (to === 'file') return sinks.rotating_file(address, line, { fileBytesMax, filesMax, log, signal, onAway })
  const shared = { url: address, allowClear, ca: pemOf('--ca-file', options.caFile), log, signal, onAway }
  if (to === 'alertmanager') return sinks.alertmanager(shared)
  if (to === 'webhook') return sinks.webhook(line, { ...shared, secret: secretOf(context.env, options.secretFile) })
  const [cert, key] = [pemOf('--cert-file', options.certFile), pemOf('--key-file', options.keyFile)]
  return sinks.syslog({ ...shared, cert, key, facility, productVersion: version })
}

function pemOf(flag: string, file: string | undefined): string | undefined {
  return file === undefined ? undefined : readSecret(flag, file)
}

function secretOf(env: NodeJS.ProcessEnv, file: string | undefined): string {
  const secret = file === undefined ? env['OSTIARY_WEBHOOK_SECRET'] : readSecret('--secret-file', file)
  if (secret === undefined || secret === '')
    throw new OstiaryError('config.invalid', 'Cannot sign alerts: give --secret-file or OSTIARY_WEBHOOK_SECRET')
  return secret
}
