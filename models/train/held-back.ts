/**
 * Whether an identity's rows are kept from training, to see how the network does on identities that it never saw: one in
 * eight, those whose pseudonym ends with 0 or 8. So whoever trains elsewhere can hold back the same ones.
 */
export function isHeldBack(identityUid: string): boolean {
  return (identityUid.charCodeAt(identityUid.length - 1) & 7) === 0
}
