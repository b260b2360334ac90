import { describe, expect, it } from 'vitest'
import { permissionSetOf, rolePattern } from './role-pattern.ts'

describe('rolePattern', () => {
  it.each([
    ['video-api-159-role', 'video-api-role'],
    ['video-api-7-role', 'video-api-role'],
    ['AWSReservedSSO_Developer_27c53e105369d0cd', 'developer'],
    ['AWSReservedSSO_Data_Scientist_27c53e105369d0cd', 'data-scientist'],
    ['deploy-0a1b2c3d4e', 'deploy'],
    ['Stack1-LambdaRole-1ABCDEF2GHIJ', 'stack-lambdarole-abcdefghij'],
    ['12345', ''],
  ])('%s -> %j', (name, pattern) => {
    expect(rolePattern(name)).toBe(pattern)
  })
})

describe('permissionSetOf', () => {
  it('takes the permission set out of a reserved role and nothing else', () => {
    expect(permissionSetOf('AWSReservedSSO_Power_User_0123456789abcdef')).toBe('Power_User')
    expect(permissionSetOf('AWSReservedSSO_')).toBeUndefined()
    expect(permissionSetOf('Developer')).toBeUndefined()
  })
})
