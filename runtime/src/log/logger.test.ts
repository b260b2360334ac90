import { OstiaryError } from '@ostiary/schemas'
import { expect, it } from 'vitest'
import { createLogger, type LoggerOptions } from './logger.ts'

const base: LoggerOptions = { level: 'info', service: 'ostiary-test', version: '0.1.0' }

function linesOf(options: Partial<LoggerOptions>, log: (logger: ReturnType<typeof createLogger>) => void): unknown[] {
  const lines: unknown[] = []
  log(
    createLogger({
      ...base,
      ...options,
      to: {
        write: (line) => {
          expect(line.indexOf('\n')).toBe(line.length - 1)
          lines.push(JSON.parse(line))
        },
      },
    }),
  )
  return lines
}

it('writes one JSON object a line, with level, UTC time, service and version, and nothing about the machine', () => {
  const [line] = linesOf({}, (logger) => logger.warn({ records: 3 }, 'read\na file'))
  expect(line).toEqual({
    level: 'warn',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    service: 'ostiary-test',
    version: '0.1.0',
    records: 3,
    msg: 'read\na file',
  })
})

it('adds host and process when asked', () => {
  const [line] = linesOf({ withHost: { hostname: 'h', pid: 7 } }, (logger) => logger.info('x'))
  expect(line).toMatchObject({ hostname: 'h', pid: 7 })
})

it('writes from its level on', () => {
  const log = (logger: ReturnType<typeof createLogger>): void => {
    for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const) logger[level]('x')
  }
  expect(linesOf({ level: 'error' }, log)).toHaveLength(2)
  expect(linesOf({ level: 'trace' }, log)).toHaveLength(6)
  expect(linesOf({ level: 'silent' }, log)).toHaveLength(0)
})

it('does not write keys, records or names in clear', () => {
  const secret = 'AKIDEXAMPLE'
  const lines = linesOf({}, (logger) => {
    for (const key of [
      'key',
      'token',
      'password',
      'headers',
      'record',
      'head',
      'principal',
      'sourceAddress',
      'userAgent',
    ]) {
      logger.info({ [key]: secret }, 'top')
      logger.info({ event: { [key]: secret, kept: true } }, 'one down')
      logger.info({ [key]: { id: secret } }, 'whole')
    }
    logger.child({ token: secret }).info('child')
  })
  expect(lines).toHaveLength(28)
  expect(JSON.stringify(lines)).not.toContain(secret)
  expect(lines[1]).toMatchObject({ event: { key: '[redacted]', kept: true } })
})

it('writes errors with their code', () => {
  const error = new OstiaryError('state.invalid', 'Cannot use state file "x"', { retriable: true })
  const [line] = linesOf({}, (logger) => logger.error({ err: error }, 'stopped'))
  expect(line).toMatchObject({ err: { code: 'state.invalid', message: 'Cannot use state file "x"', retriable: true } })
})
