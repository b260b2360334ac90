/** What a terminal acts on, and what turns the order in which text is shown. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/**
 * A value with all its texts safe to print. Senders of logs choose the names of operations, error codes and event ids;
 * without this they could write to the analyst's terminal.
 */
export function printable<T>(value: T): T {
  if (typeof value === 'string') return value.replace(unprintable, '\ufffd') as T
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(printable) as T
  return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, printable(held)])) as T
}
