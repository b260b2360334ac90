import { readFileSync } from 'node:fs'
import { alertLineOf, type ForwardingSink, sinks } from '@ostiary/runtime'
import { forwardAlerts, readSecret, SchemaClient, type ServiceContext } from '@ostiary/runtime/kafka'
import { OstiaryError } from '@ostiary/schemas'

/** Where alerts are to go. */
export interface ForwarderOptions {
  readonly to: 'webhook' | 'alertmanager'
  readonly url: string
  /** File with the secret that signs webhooks; `OSTIARY_WEBHOOK_SECRET` is read where this is not given. */
  readonly secretFile?: string | undefined
  /** PEM of the authorities to trust. */
  readonly caFile?: string | undefined
  /** Lets alerts cross a network in clear. */
  readonly allowHttp?: boolean | undefined
  readonly format?: 'ocsf' | 'flat' | undefined
}

/** `access.alerts` to a receiver outside: each revision at least once, in order within a finding. */
export async function runForwarder(context: ServiceContext, options: ForwarderOptions): Promise<void> {
  const { config, env } = context
  const sink = sinkOf(context, options)
  try {
    await forwardAlerts(context, sink, new SchemaClient(config, env))
  } finally {
    await sink.close().catch((error: unknown) => context.log.warn({ err: error }, 'not all alerts were confirmed'))
  }
}

function sinkOf(context: ServiceContext, options: ForwarderOptions): ForwardingSink {
  const { env, log, signal, version } = context
  const { url, allowHttp, caFile } = options
  const ca = caFile === undefined ? undefined : readFileSync(caFile, 'utf8')
  const shared = { url, allowHttp, ca, log, signal }
  if (options.to === 'alertmanager') return sinks.alertmanager(shared)
  const secret =
    options.secretFile === undefined ? env['OSTIARY_WEBHOOK_SECRET'] : readSecret('--secret-file', options.secretFile)
  if (secret === undefined || secret === '')
    throw new OstiaryError('config.invalid', 'Cannot sign alerts: give --secret-file or OSTIARY_WEBHOOK_SECRET')
  const line = alertLineOf({ format: options.format ?? 'ocsf', productVersion: version })
  return sinks.webhook(line, { ...shared, secret })
}
