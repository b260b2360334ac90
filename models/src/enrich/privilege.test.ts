import { expect, it } from 'vitest'
import { privilegeOfName } from './privilege.ts'

it.each([
  ['AdministratorAccess', 'admin'],
  ['OrgAdmin', 'admin'],
  ['platform-admins', 'admin'],
  ['AdminReadOnly', 'standard'],
  ['ViewOnlyAccess', 'standard'],
  ['SecurityAudit', 'standard'],
  ['PowerUserAccess', 'privileged'],
  ['break-glass', 'privileged'],
  ['Badminton', 'unknown'],
  ['video-api-role', 'unknown'],
  ['', 'unknown'],
])('%j is %s', (name, privilege) => {
  expect(privilegeOfName(name)).toBe(privilege)
})
