import { isIP } from 'node:net'
import { OstiaryError } from '@ostiary/schemas'

/**
 * The address of a receiver, as it was configured: https, or http on this machine. Alerts tell what a company watches for,
 * so they cross a network in clear only where that is asked for.
 *
 * @throws OstiaryError `config.invalid`
 */
export function receiverUrl(text: string, options: { readonly allowClear?: boolean | undefined } = {}): URL {
  let url: URL
  try {
    url = new URL(text)
  } catch (cause) {
    throw invalid(text, 'it is no URL; write https://host/path', cause)
  }
  if (url.username !== '' || url.password !== '')
    throw invalid(url.origin, 'it holds a user name or password; leave them out')
  if (url.protocol === 'https:') return url
  if (url.protocol !== 'http:') throw invalid(url.href, 'it is neither https nor http')
  if (options.allowClear !== true && !isLoopback(url.hostname))
    throw invalid(url.origin, 'http sends alerts in clear; use https, or --allow-clear')
  return url
}

/** Whether a host is this machine, by its name or address as written in a URL or without brackets. */
export function isLoopback(hostname: string): boolean {
  return /^(?:localhost|::1|\[::1\])$/.test(hostname) || (isIP(hostname) === 4 && hostname.startsWith('127.'))
}

function invalid(text: string, why: string, cause?: unknown): OstiaryError {
  return new OstiaryError('config.invalid', `Cannot send alerts to "${text}": ${why}`, { cause })
}
