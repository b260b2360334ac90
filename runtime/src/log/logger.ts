import { type DestinationStream, destination, type Logger, pino, stdTimeFunctions } from 'pino'
import type { LogLevel } from '../config/config-schema.ts'
import { spanScope } from './span-scope.ts'

export type { Logger } from 'pino'

export interface LoggerOptions {
  readonly level: LogLevel
  /** Which program writes: `ostiary-scan`, `ostiary-detector`. */
  readonly service: string
  /** Version of its code. */
  readonly version: string
  /** Adds host name and process id, for several processes that log to one place. */
  readonly withHost?: { readonly hostname: string; readonly pid: number }
  /** Where lines go; standard error unless given. */
  readonly to?: DestinationStream
}

/** What a redacted value is replaced by. */
export const redactedText = '[redacted]'

/**
 * Keys whose values never belong in a log, at the top of a line or one object down. They are a net for mistakes, not the
 * rule, which is that nothing but counts, ids, pseudonyms and file names is logged.
 */
const sensitiveKeys = [
  // Credentials.
  'key',
  'secret',
  'token',
  'password',
  'authorization',
  'headers',
  'cookie',
  'connectionString',
  // Records as sent, and what is in clear before pseudonymisation.
  'record',
  'head',
  'bytes_base64',
  'clear',
  'principal',
  'sourceAddress',
  'userAgent',
] as const

/**
 * A logger of one JSON object a line on standard error: `level` as a word, `time` in UTC (ISO 8601), `service`, `version`,
 * `trace_id` and `span_id` where a span is under way, then what was logged. Standard output is for alerts.
 */
export function createLogger(options: LoggerOptions): Logger {
  const { level, service, version, withHost } = options
  return pino(
    {
      level,
      base: { service, version, ...withHost },
      timestamp: stdTimeFunctions.isoTime,
      mixin: () => ({ ...spanScope.getStore() }),
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: sensitiveKeys.flatMap((key) => [key, `*.${key}`]), censor: redactedText },
    },
    // Written at once, so that the last line before a crash is there.
    options.to ?? destination({ fd: 2, sync: true }),
  )
}
