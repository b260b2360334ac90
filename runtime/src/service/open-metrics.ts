/**
 * Metrics in the Prometheus text format as OpenMetrics. The library can write both, but writing one renames its counters for
 * good, and a registry is asked for both by turns.
 */
export function openMetricsOf(text: string): string {
  const counters = new Set<string>()
  for (const [, name] of text.matchAll(/^# TYPE (\S+)_total counter$/gm)) counters.add(name!)
  const lines = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const family = /^# (?:HELP|TYPE) (\S+)_total /.exec(line)?.[1]
      if (family !== undefined && counters.has(family)) return line.replace(`${family}_total`, family)
      // Bounds of buckets are floating-point numbers there, and are compared as text.
      return line.replace(/([{,]le=")(\d+)"/, '$1$2.0"')
    })
  return `${lines.join('\n')}\n# EOF\n`
}
