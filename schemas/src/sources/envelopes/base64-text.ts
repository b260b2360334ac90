/**
 * The UTF-8 text of base64 or base64url data, with or without padding; `undefined` when it is neither or holds bytes
 * that are no UTF-8, such as gzip.
 */
export function base64Text(data: string): string | undefined {
  try {
    const binary = atob(data.replaceAll('-', '+').replaceAll('_', '/'))
    const bytes = new Uint8Array(binary.length)
    for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i)
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}
