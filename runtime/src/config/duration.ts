const unitsMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** A time span in ms from text such as `15m`, `6h`, `7d`, or from bare milliseconds; `undefined` for anything else. */
export function parseDurationMs(text: string): number | undefined {
  const parts = /^(\d{1,15})(ms|s|m|h|d)?$/.exec(text)
  if (parts === null) return undefined
  const ms = Number(parts[1]) * unitsMs[parts[2] ?? 'ms']!
  return Number.isSafeInteger(ms) ? ms : undefined
}

/** The shortest text that `parseDurationMs` reads back as so many ms. */
export function durationText(ms: number): string {
  if (ms === 0) return '0'
  const [unit, unitMs] = Object.entries(unitsMs).findLast(([, each]) => ms % each === 0)!
  return `${ms / unitMs}${unit}`
}
