/** Longest word of the provider's that is kept as it stands. */
const plainLengthMax = 128

/**
 * The provider's own word for a code or a type, which is kept in clear; `''` for anything that could be a sentence or a
 * name, since error texts quote people and their addresses.
 */
export function plainCode(text: string): string {
  return text.length <= 64 && /^[A-Za-z0-9][A-Za-z0-9._/-]*$/.test(text) ? text : ''
}

/** The name of an activity, a service or an application, cut to size; `''` when it quotes an address. */
export function plainName(text: string): string {
  const name = text.trim()
  return name.includes('@') ? '' : name.slice(0, plainLengthMax)
}

/** ASCII letters in lower case: ids of directories and resources are the same in any case. */
export function lowerId(text: string): string {
  return text.toLowerCase()
}

/** An address without its port: `192.0.2.1:443` and `[2001:db8::1]:443` as some services write them. */
export function withoutPort(address: string): string {
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(address)
  if (bracketed !== null) return bracketed[1]!
  const dotted = /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(address)
  return dotted === null ? address : dotted[1]!
}
