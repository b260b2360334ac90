import { describe, expect, it } from 'vitest'
import { isMachineShape, type NameShape, nameShape } from './name-shape.ts'

const shapes: readonly [string, NameShape][] = [
  ['', 'empty'],
  ['ada@example.com', 'email'],
  ['Ada.Lovelace@Sub.Example.com', 'email'],
  ['a b@example.com', 'plain'],
  ['i-0abc1234def567890', 'instance'],
  ['i-1a2b3c4d', 'instance'],
  ['mi-0abc1234def567890', 'instance'],
  ['1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed', 'uuid'],
  ['AWSCodeBuild-1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed', 'uuid'],
  ['botocore-session-1700000000', 'sdk'],
  ['aws-sdk-js-session-1700000000000', 'sdk'],
  ['1700000000', 'timestamp'],
  ['2026-01-02T03-04-05Z', 'timestamp'],
  ['20260102_030405', 'timestamp'],
  ['0123456789abcdef0123456789abcdef', 'hex'],
  ['task-0a1b2c3d4e5f', 'hex'],
  ['run-8437291034', 'numbered'],
  ['GitHubActions', 'plain'],
  ['ada', 'plain'],
  ['ledger-cron-193', 'plain'],
  ['decade-facade', 'plain'],
]

describe('nameShape', () => {
  it.each(shapes)('reads %j as %s', (name, shape) => {
    expect(nameShape(name)).toBe(shape)
  })

  it('gives people only plain names and emails', () => {
    const human = shapes.filter(([, shape]) => !isMachineShape(shape)).map(([, shape]) => shape)
    expect(new Set(human)).toEqual(new Set(['empty', 'email', 'plain']))
  })
})
