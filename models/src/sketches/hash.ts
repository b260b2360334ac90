/**
 * 32-bit hash, as a signed integer, of a string's UTF-16 code units: FNV-1a (Fowler, Noll, Vo; RFC 9923) over 16-bit units with the finaliser
 * of MurmurHash3 (Appleby, public domain) for avalanche. Never 0, which stands for "absent" in a {@link ValueCounter}.
 *
 * It is not keyed: a value an outsider could choose freely (user agents, resource names, addresses) reaches the core
 * only as a keyed pseudonym or a closed list's member, so collisions cannot be prepared.
 */
export function hash32(text: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return finish(h)
}

/** The hash of several texts one after another, as if they were one: nothing is put together to be hashed. */
export function hash32OfParts(first: string, second: string, third = ''): number {
  let h = 0x811c9dc5
  for (let i = 0; i < first.length; i++) h = Math.imul(h ^ first.charCodeAt(i), 0x01000193)
  for (let i = 0; i < second.length; i++) h = Math.imul(h ^ second.charCodeAt(i), 0x01000193)
  for (let i = 0; i < third.length; i++) h = Math.imul(h ^ third.charCodeAt(i), 0x01000193)
  return finish(h)
}

/** Hash of an ordered pair of hashes. Never 0. */
export function hashPair(a: number, b: number): number {
  return finish(Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b, 0xc2b2ae35))
}

function finish(seed: number): number {
  let h = seed
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  h ^= h >>> 16
  return h === 0 ? 1 : h
}
