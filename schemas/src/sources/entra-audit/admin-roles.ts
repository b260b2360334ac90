/** Ids of the templates of Entra's roles that can give themselves everything, the same in every directory. */
const adminTemplateIds: ReadonlySet<string> = new Set([
  '62e90394-69f5-4237-9190-012177145e10', // Global Administrator
  'e8611ab8-c189-46e8-94e1-60213ab1f814', // Privileged Role Administrator
  '7be44c8a-adaf-4e2a-84d6-ab2649e08a13', // Privileged Authentication Administrator
])
const adminNames: ReadonlySet<string> = new Set([
  'global administrator',
  'company administrator', // what older records call it
  'tenantadmins',
  'privileged role administrator',
  'privileged authentication administrator',
])
/** Permissions of Microsoft Graph that let an application take any role. */
const adminPermissions: ReadonlySet<string> = new Set([
  'rolemanagement.readwrite.directory',
  'approleassignment.readwrite.all',
  'privilegedaccess.readwrite.azuread',
  'directory.accessasuser.all',
])

/** Whether a role's template id, its name, or an application permission is an administrator's. */
export function isAdminGrant(text: string): boolean {
  const lower = text.toLowerCase()
  return adminTemplateIds.has(lower) || adminNames.has(lower) || adminPermissions.has(lower)
}
