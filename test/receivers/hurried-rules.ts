/** Rules speak of minutes and hours; so many times faster, a test can wait for them. */
const hurry = 12
const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }

/** Seconds of a duration of rules, in a hurry: 5 of `1m`. */
export function hurriedSeconds(duration: string): number {
  return Math.max(1, Math.round((Number.parseInt(duration, 10) * unitSeconds[duration.at(-1)!]!) / hurry))
}

/** The same rules with every duration shortened, names left as they are. */
export function hurried(rules: string): string {
  const shortened = (count: string, unit: string): string => `${hurriedSeconds(count + unit)}s`
  return rules
    .replace(/\[(\d+)([smhd])\]/g, (_, count: string, unit: string) => `[${shortened(count, unit)}]`)
    .replace(
      /\b(offset |for: |interval: )(\d+)([smhd])\b/g,
      (_, word: string, count: string, unit: string) => `${word}${count === '0' ? '0s' : shortened(count, unit)}`,
    )
}
