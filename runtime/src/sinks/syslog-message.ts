import type { Alert, Severity } from '@ostiary/schemas'
import { toCef } from './cef.ts'

export interface SyslogOrigin {
  /** 0 to 23. */
  readonly facility: number
  readonly hostname: string
  readonly pid: number
  readonly productVersion: string
}

/** Severities of syslog, where lower is worse: critical, error, warning, notice, informational. */
const severities: Readonly<Record<Severity, number>> = {
  Critical: 2,
  High: 3,
  Medium: 4,
  Low: 5,
  Informational: 6,
}

/** From the year 0000 to 9999; others have no form in RFC 3339. */
const timeMs = { min: -62_167_219_200_000, max: 253_402_300_799_999 }
const hostnameLengthMax = 255

/**
 * An alert as a message of RFC 5424: `<priority>1 time host ostiary pid disposition - CEF`. The time is the alert's own. The
 * text is UTF-8 without a byte order mark, since readers of CEF look for `CEF:` at its very beginning.
 */
export function syslogMessage(alert: Alert, origin: SyslogOrigin): Buffer {
  const priority = origin.facility * 8 + severities[alert.severity]
  const inRange = alert.time >= timeMs.min && alert.time <= timeMs.max
  const time = inRange ? new Date(alert.time).toISOString() : '-'
  const host = origin.hostname.replace(/[^\x21-\x7e]/g, '').slice(0, hostnameLengthMax) || '-'
  const head = `<${priority}>1 ${time} ${host} ostiary ${origin.pid} ${alert.disposition} -`
  return Buffer.from(`${head} ${toCef(alert, origin.productVersion)}`, 'utf8')
}
