/** What a scan did, in numbers. `records` is the sum of scored, late, rejected, duplicates and filtered. */
export interface ScanSummary {
  readonly records: number
  /** Events that were scored in time. */
  readonly scored: number
  /** Records that gave no event, by reason. */
  readonly rejected: Readonly<Record<string, number>>
  readonly duplicates: number
  /** Events that were scored and flagged, but came too late to teach. */
  readonly late: number
  /** Digest files, heartbeats, and events outside `--since` and `--until`. */
  readonly filtered: number
  readonly identities: number
  /** Cases that were paged, and the others. */
  readonly alerts: number
  readonly digest: number
  /** Cases of the lowest scores that found no room among the alert lines. */
  readonly omitted: number
  /** Exhibits written, and those that found no room; where exhibits were asked for. */
  readonly exhibits?: { readonly written: number; readonly leftOut: number }
  readonly seconds: number
  readonly model: string
  readonly tables: string
  /** Labels and suppressions, by hash; `''` for none. */
  readonly feedback: string
  readonly config: string
}
