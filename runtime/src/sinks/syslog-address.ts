import { OstiaryError } from '@ostiary/schemas'
import { isLoopback } from './receiver-url.ts'

export type SyslogProtocol = 'tcp' | 'tls' | 'udp'

export interface SyslogAddress {
  readonly protocol: SyslogProtocol
  readonly host: string
  readonly port: number
}

const portOf: Readonly<Record<SyslogProtocol, number>> = { tcp: 601, tls: 6514, udp: 514 }

/**
 * An address such as `tls://siem.example:6514`. Without a port it is the one that is registered for the protocol. As over
 * HTTP, alerts cross a network in clear only where that is asked for.
 *
 * @throws OstiaryError `config.invalid`
 */
export function syslogAddress(
  text: string,
  options: { readonly allowClear?: boolean | undefined } = {},
): SyslogAddress {
  const match = /^(tcp|tls|udp):\/\/(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9._-]+))(?::(\d{1,5}))?\/?$/.exec(text)
  const protocol = match?.[1] as SyslogProtocol | undefined
  const host = match?.[2] ?? match?.[3]
  if (protocol === undefined || host === undefined)
    throw invalid(text, 'it is no syslog address; write tls://host:port, tcp://host:port or udp://host:port')
  const port = match?.[4] === undefined ? portOf[protocol] : Number(match[4])
  if (port < 1 || port > 65_535) throw invalid(text, `there is no port ${port}`)
  if (protocol !== 'tls' && options.allowClear !== true && !isLoopback(host))
    throw invalid(text, `${protocol} sends alerts in clear; use tls, or --allow-clear`)
  return { protocol, host, port }
}

function invalid(text: string, why: string): OstiaryError {
  // What stands before an @ may be a password.
  const shown = text.includes('@') ? 'an address with an @' : `"${text}"`
  return new OstiaryError('config.invalid', `Cannot send alerts to ${shown}: ${why}`)
}
