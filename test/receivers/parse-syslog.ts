/** A message of RFC 5424 that holds CEF, taken apart. */
export interface ParsedSyslog {
  readonly facility: number
  readonly severity: number
  readonly time: string
  readonly host: string
  readonly app: string
  readonly pid: string
  readonly msgid: string
  readonly cef: ParsedCef
  /** Of the whole message. */
  readonly bytes: number
}

interface ParsedCef {
  /** Vendor, product, version, class, name, severity. */
  readonly header: readonly string[]
  readonly extension: Readonly<Record<string, string>>
}

const syslog =
  /^<(\d{1,3})>1 (-|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([\x21-\x7e]{1,255}) ([\x21-\x7e]{1,48}) ([\x21-\x7e]{1,128}) ([\x21-\x7e]{1,32}) - (CEF:.*)$/s

/** Strict, after RFC 5424 and ArcSight's "Implementing CEF", written from those texts and not from our writer. */
export function parseSyslog(text: string): ParsedSyslog {
  const [, priority, time, host, app, pid, msgid, cef] = syslog.exec(text) ?? []
  if (cef === undefined || /^0\d/.test(priority!) || Number(priority) > 191) throw new Error(`no RFC 5424: ${text}`)
  return {
    facility: Math.floor(Number(priority) / 8),
    severity: Number(priority) % 8,
    ...{ time: time!, host: host!, app: app!, pid: pid!, msgid: msgid! },
    cef: parseCef(cef),
    bytes: Buffer.byteLength(text),
  }
}

function parseCef(text: string): ParsedCef {
  if ([...text].some((letter) => letter < ' ' || letter === '\x7f'))
    throw new Error(`a control character: ${JSON.stringify(text)}`)
  const match = /^CEF:0\|((?:(?:[^|\\]|\\[|\\])*\|){6})(.*)$/s.exec(text)
  if (!match) throw new Error(`no CEF header: ${text}`)
  const header = [...match[1]!.matchAll(/((?:[^|\\]|\\[|\\])*)\|/gs)].map(([, field]) => field!.replace(/\\(.)/g, '$1'))
  if (!/^(?:\d|10)$/.test(header[5]!)) throw new Error(`no severity: ${header[5]}`)
  const extension: Record<string, string> = {}
  let rest = match[2]!
  while (rest !== '') {
    // A value goes on to the next space that a key and a bare equals sign follow, or to the end.
    const pair = /^([A-Za-z][A-Za-z0-9]*)=((?:[^=\\]|\\[=\\nr])*?)(?: (?=[A-Za-z][A-Za-z0-9]*=)|$)/s.exec(rest)
    if (!pair) throw new Error(`no key and value: ${rest}`)
    const [whole, key, value] = pair
    if (key! in extension) throw new Error(`twice: ${key}`)
    extension[key!] = value!.replace(/\\(.)/g, (_all, letter: string) => ({ n: '\n', r: '\r' })[letter] ?? letter)
    rest = rest.slice(whole.length)
  }
  return { header, extension }
}

/** Messages of a stream with their lengths before them (RFC 6587), and what is left. */
export function framesOf(bytes: Buffer): { readonly frames: string[]; readonly rest: Buffer } {
  const frames: string[] = []
  let at = 0
  for (;;) {
    const space = bytes.indexOf(0x20, at)
    if (space < 0) break
    const digits = bytes.toString('latin1', at, space)
    if (!/^[1-9]\d*$/.test(digits)) throw new Error(`no length: ${digits}`)
    const end = space + 1 + Number(digits)
    if (end > bytes.length) break
    frames.push(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(space + 1, end)))
    at = end
  }
  return { frames, rest: bytes.subarray(at) }
}
