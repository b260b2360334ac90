import { AsyncLocalStorage } from 'node:async_hooks'

/** The ids of a span, as a log line carries them. */
export interface SpanIds {
  readonly trace_id: string
  readonly span_id: string
}

/** The span that what runs now belongs to: log lines written within carry its ids. Costs nothing until a span is entered. */
export const spanScope: AsyncLocalStorage<SpanIds> = new AsyncLocalStorage()
