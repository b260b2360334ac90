/** The header of a record that carries its trace, as W3C Trace Context names it. */
export const traceHeader = 'traceparent'

/** Where in which trace a record came from. */
export interface TraceContext {
  readonly traceId: string
  readonly spanId: string
}

const sampledFlag = 1
const traceparent = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/

/**
 * The context in a record's header, where it is sampled. Anything else, also a header that is none, is not traced: a header
 * comes from whoever may write the topic, and nothing may depend on it.
 */
export function sampledContext(header: unknown): TraceContext | undefined {
  if (typeof header !== 'string' && !Buffer.isBuffer(header)) return undefined
  const [, version, traceId, spanId, flags, rest] = traceparent.exec(header.toString()) ?? []
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined
  if (version === '00' && rest !== undefined) return undefined
  return (Number.parseInt(flags, 16) & sampledFlag) === 0 ? undefined : { traceId, spanId }
}

/** The header of a record that a span gave; only sampled spans are told on. */
export function headerOf({ traceId, spanId }: TraceContext): string {
  return `00-${traceId}-${spanId}-01`
}
