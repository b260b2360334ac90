import { delimiter } from 'node:path'
import { defaultDetectorOptions } from '@ostiary/models'
import { OstiaryError } from '@ostiary/schemas'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { settingKeys, settings, variableOf } from './config-schema.ts'
import { type ConfigSources, resolveConfig } from './resolve-config.ts'

function problemsOf(sources: ConfigSources): string[] {
  try {
    resolveConfig(sources)
  } catch (error) {
    if (error instanceof OstiaryError && error.code === 'config.invalid') return error.message.split('\n  ').slice(1)
    throw error
  }
  return []
}

const inFile = (text: string, path = '/etc/ostiary.yaml'): ConfigSources => ({ file: { path, text } })

describe('resolveConfig', () => {
  it('gives the defaults when nothing is set', () => {
    const config = resolveConfig()
    expect(config).toMatchObject({
      tenant: 'default',
      source: 'auto',
      model: '',
      context: [],
      alertsPerDay: 10,
      reorderMs: 900_000,
      recordBytesMax: 1_048_576,
      depthMax: 64,
      duplicatesMax: 262_144,
      failOn: 'none',
      names: 'auto',
      logLevel: 'info',
    })
    expect(config.detector).toEqual(defaultDetectorOptions)
    expect(Object.isFrozen(config) && Object.isFrozen(config.detector) && Object.isFrozen(config.context)).toBe(true)
  })

  it('takes flags before variables before the file before defaults', () => {
    const file = inFile('alertsPerDay: 3\ntenant: file\nlogLevel: warn\n').file
    const env = { OSTIARY_ALERTS_PER_DAY: '2', OSTIARY_TENANT: 'variable' }
    const flags = { alertsPerDay: '1', names: undefined }
    expect(resolveConfig({ flags, env, file })).toMatchObject({
      alertsPerDay: 1,
      tenant: 'variable',
      logLevel: 'warn',
      names: 'auto',
    })
  })

  it('reads JSON, YAML and text alike', () => {
    const json = '{\n\t"reorderMs": 1800000, "caseGapMs": "1h", "source": "aws.cloudtrail"\n}'
    const yaml = 'reorderMs: 30m # half an hour\ncaseGapMs: 3600000\nsource: AWS.CloudTrail\n'
    const env = { OSTIARY_REORDER_MS: '30m', OSTIARY_CASE_GAP_MS: '60m', OSTIARY_SOURCE: 'aws.cloudtrail' }
    const config = resolveConfig(inFile(json))
    expect(config).toMatchObject({ reorderMs: 1_800_000, source: 'aws.cloudtrail', detector: { caseGapMs: 3_600_000 } })
    expect(resolveConfig(inFile(yaml))).toEqual(config)
    expect(resolveConfig({ env })).toEqual(config)
    for (const nothing of ['', '# all as it was\n', '{}', 'null'])
      expect(resolveConfig(inFile(nothing))).toEqual(resolveConfig())
  })

  it('reads paths relative to the file that states them, and lists of them', () => {
    const config = resolveConfig(inFile('context: [teams.csv, ../assets.yaml, /abs.json]\nmodel: m\n', '/etc/o/c.yaml'))
    expect(config).toMatchObject({ context: ['/etc/o/teams.csv', '/etc/assets.yaml', '/abs.json'], model: '/etc/o/m' })
    expect(resolveConfig(inFile('context: one.csv', 'c.yaml')).context).toEqual([`${process.cwd()}/one.csv`])
    expect(resolveConfig({ env: { OSTIARY_CONTEXT: ['a', 'b'].join(delimiter) } }).context).toEqual(['a', 'b'])
    expect(resolveConfig({ flags: { context: ['a', 'b'] } }).context).toEqual(['a', 'b'])
    expect(resolveConfig({ env: { OSTIARY_MODEL: '' }, ...inFile('model: ""') }).model).toBe('')
  })

  it('looks at no other variables than its own', () => {
    expect(resolveConfig({ env: { PATH: '/bin', OSTIARY_DATA: '/data', OSTIARY_ALERTS_PER_DAY: '' } })).toEqual(
      resolveConfig(),
    )
  })
})

describe('resolveConfig refuses', () => {
  it('keys it does not know, and says which is near', () => {
    expect(
      problemsOf({
        flags: { alertPerDay: '1' },
        env: { OSTIARY_ALERT_PER_DAY: '1', OSTIARY_COLOUR: 'red' },
        file: { path: 'o.yaml', text: 'alerts_per_day: 5\n__proto__: 1\nconstructor: 2' },
      }),
    ).toEqual([
      'flag "alertPerDay" is no setting; did you mean --alerts-per-day?',
      'variable OSTIARY_ALERT_PER_DAY is no setting; did you mean OSTIARY_ALERTS_PER_DAY?',
      'variable OSTIARY_COLOUR is no setting',
      'file "o.yaml": "alerts_per_day" is no setting; did you mean alertsPerDay?',
      'file "o.yaml": "__proto__" is no setting',
      'file "o.yaml": "constructor" is no setting',
    ])
  })

  it('every value that does not fit, also one that another source overrides', () => {
    expect(
      problemsOf({
        flags: { alertsPerDay: '10001', names: 'maybe' },
        env: { OSTIARY_ALERTS_PER_DAY: 'ten' },
        file: {
          path: 'o.json',
          text: '{"alertsPerDay": -1, "tenant": "No Spaces", "depthMax": 64.5, "context": ["a", 7]}',
        },
      }),
    ).toEqual([
      'flag --alerts-per-day is "10001", expected a number from 0 to 10000',
      'flag --names is "maybe", expected one of auto, yes, no',
      'variable OSTIARY_ALERTS_PER_DAY is "ten", expected a number from 0 to 10000',
      expect.stringMatching(/^file "o.json": "tenant" is "No Spaces", expected 1 to 63 of/),
      'file "o.json": "context" is ["a",7], expected a list of at most 64 paths',
      'file "o.json": "alertsPerDay" is -1, expected a number from 0 to 10000',
      'file "o.json": "depthMax" is 64.5, expected a whole number from 8 to 512',
    ])
  })

  it.each([
    ['reorderMs', ['8d', '-1', '1.5', '15 m', '15min', 'Infinity', 'NaN', 0.5, -1, true, null, ['15m'], {}]],
    ['alertsPerDay', ['1e3', '0x1', '', ' 1', '+1', Number.NaN, Number.POSITIVE_INFINITY, true, null, []]],
    ['tenant', ['', '-a', 'a/b', 'A', 'a\n', 'a'.repeat(64), 7, null]],
    ['source', ['aws', '', 'auto ', 1]],
    ['context', [[''], ['a\0b'], Array.from({ length: 65 }, () => 'a'), { a: 'b' }, 5]],
    ['failOn', ['error', 'Fatal', true]],
    ['names', [true, false]],
  ])('%s that does not fit', (key, values) => {
    for (const value of values) expect(problemsOf({ flags: { [key]: value } }), String(value)).toHaveLength(1)
  })

  it('settings that contradict each other', () => {
    expect(problemsOf({ flags: { caseGapMs: '2h', caseMaxMs: '1h' } })).toEqual([
      'caseGapMs (7200000) is more than caseMaxMs (3600000); a gap cannot be longer than a case',
    ])
  })

  it('a file that is no YAML, or more than one, or a list, or says a thing twice', () => {
    for (const [text, problem] of [
      ['tenant: [', 'file "/etc/ostiary.yaml": Flow sequence'],
      ['{"tenant": "a", "tenant": "b"}', 'file "/etc/ostiary.yaml": Map keys must be unique at line 1, column 17'],
      ['tenant: a\ntenant: b\n', 'file "/etc/ostiary.yaml": Map keys must be unique at line 2'],
      ['tenant: a\n---\ntenant: b', 'file "/etc/ostiary.yaml": Source contains multiple documents'],
      ['tenant: !env HOME', 'file "/etc/ostiary.yaml": Unresolved tag: !env'],
      ['- tenant', 'file "/etc/ostiary.yaml": is no list of "key: value" lines'],
      ['just words', 'file "/etc/ostiary.yaml": is no list of "key: value" lines'],
      ['['.repeat(100_000), 'file "/etc/ostiary.yaml": '],
    ] as const) {
      const [first] = problemsOf(inFile(text))
      expect(first, text.slice(0, 40)).toContain(problem)
      expect(first).not.toContain('\n')
    }
  })

  it('at most so many problems, with long values cut', () => {
    const text = Array.from({ length: 200 }, (_, at) => `zz${at}: 1`).join('\n')
    const problems = problemsOf({ ...inFile(text), flags: { tenant: 'x'.repeat(10_000) } })
    expect(problems).toHaveLength(51)
    expect(problems[50]).toBe('and 151 more')
    expect(problems[0]!.length).toBeLessThan(250)
  })
})

describe('the hash', () => {
  const others: Readonly<Record<string, unknown>> = {
    tenant: 'other',
    source: 'gcp.audit',
    model: 'm',
    modelRegistry: 'models',
    modelTrust: 'trust',
    modelSigning: 'required',
    backends: ['cpu'],
    tfjsNode: 'folder',
    feedback: 'feedback.ndjson',
    context: ['c'],
    failOn: 'High',
    names: 'no',
    logLevel: 'debug',
    brokers: 'broker:9092',
    registryUrl: 'https://registry.example',
    topicPrefix: 'other.',
    saslMechanism: 'plain',
    saslUsername: 'other',
    saslPasswordFile: 'password',
    tls: 'yes',
    tlsCaFile: 'ca',
    tlsCertFile: 'cert',
    tlsKeyFile: 'key',
    registryUsername: 'other',
    registryPasswordFile: 'password',
    listen: '127.0.0.1:9100',
    scoresTo: 'topic',
    tracesEndpoint: 'http://collector:4318',
    tracesRatio: 1,
  }

  it.each(settingKeys)('changes with %s exactly if that can change an answer', (key) => {
    const byDefault = settings[key].byDefault
    const other = others[key] ?? (byDefault === 0.5 ? 0.25 : Number(byDefault) + 1)
    const config = resolveConfig({ flags: { [key]: other } })
    expect(config.hash !== resolveConfig().hash).toBe(settings[key].changesAnswers)
  })

  it('does not depend on where a setting comes from or how it is spelled', () => {
    const hash = resolveConfig({ flags: { quarantineMs: '2d' } }).hash
    expect(hash).toMatch(/^[0-9a-f]{64}$/)
    expect(resolveConfig({ env: { OSTIARY_QUARANTINE_MS: '48h' } }).hash).toBe(hash)
    expect(resolveConfig(inFile('{"quarantineMs": 172800000}')).hash).toBe(hash)
  })
})

describe('variables that others read too', () => {
  it.each([
    ['KAFKA_BROKERS', 'brokers', 'OSTIARY_BROKERS', 'a:1', 'b:1'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'tracesEndpoint', 'OSTIARY_TRACES_ENDPOINT', 'http://a:1', 'http://b:1'],
    ['OTEL_TRACES_SAMPLER_ARG', 'tracesRatio', 'OSTIARY_TRACES_RATIO', '0.5', '0.25'],
  ] as const)('%s stands for %s where %s is not set', (standard, key, own, value, other) => {
    expect(String(resolveConfig({ env: { [standard]: value } })[key])).toBe(value)
    expect(String(resolveConfig({ env: { [standard]: value, [own]: other } })[key])).toBe(other)
  })

  it('are named where they are wrong', () => {
    expect(() => resolveConfig({ env: { OTEL_TRACES_SAMPLER_ARG: 'often' } })).toThrow(
      /variable OTEL_TRACES_SAMPLER_ARG is "often", expected a number from 0 to 1/,
    )
  })
})

it('takes every default, written as it is described, from a variable', () => {
  const env = Object.fromEntries(
    settingKeys.map((key) => [
      variableOf(key),
      (settings[key].kind.text as (value: unknown) => string)(settings[key].byDefault),
    ]),
  )
  expect(resolveConfig({ env })).toEqual(resolveConfig())
})

it('either resolves or says what is wrong, whatever it is given', () => {
  fc.assert(
    fc.property(fc.constantFrom(...settingKeys), fc.anything(), fc.string(), (key, value, text) => {
      for (const sources of [{ flags: { [key]: value } }, { env: { [variableOf(key)]: text } }, inFile(text)])
        expect(() => {
          for (const problem of problemsOf(sources)) expect(problem).not.toBe('')
        }).not.toThrow()
    }),
    { numRuns: 300 },
  )
})
