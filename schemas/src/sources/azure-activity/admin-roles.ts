/** Ids of Azure's built-in roles that can give themselves everything, the same in every directory. */
const adminRoleIds: ReadonlySet<string> = new Set([
  '8e3af657-a8ff-443c-a75c-2fe8c4bcb635', // Owner
  '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9', // User Access Administrator
  'f58310d9-a9f6-439a-9e8d-f62e7b41a168', // Role Based Access Control Administrator
])

/** Whether a role definition's id, alone or at the end of a path, is an administrator's. */
export function isAdminRole(roleDefinitionId: string): boolean {
  const lower = roleDefinitionId.toLowerCase()
  return adminRoleIds.has(lower.slice(lower.lastIndexOf('/') + 1))
}
