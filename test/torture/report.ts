import type { CampaignResult } from './campaign.ts'

/** What a campaign came to, as a table in Markdown. */
export function tableOf(result: CampaignResult): string {
  const { counts, ends, ms } = result
  const faults = [...result.byKind].filter(([, count]) => count > 0).map(([kind, count]) => `${kind} ${count}`)
  const passedOver = Object.entries(counts.snapshotsPassedOver).map(([reason, count]) => `${reason} ${count}`)
  const rows: readonly (readonly [string, string | number])[] = [
    ['seed', result.seed],
    ['processes killed', result.kills],
    ['faults', faults.join(', ')],
    ["broker's disk filled", result.hasOwnDisk ? 'could be' : 'could not be: mounting one needs rights'],
    ['raw records', result.records],
    ['written twice by the producer', ends.repeats],
    ['ended as event', ends.events],
    ['ended as letter', ends.letters],
    ['ended filtered', ends.filtered],
    ['ended as duplicate', ends.duplicates],
    ['findings', result.findings],
    ['rebalances', counts.rebalances],
    ['recoveries', `${counts.recoveries}, ${counts.restored} from a snapshot`],
    ['records replayed', counts.replayedRecords],
    ['recovery, ms', `median ${medianOf(counts.recoveryMs)}, max ${Math.max(0, ...counts.recoveryMs)}`],
    ['commits refused as fenced', counts.fenced],
    ['other failures of a partition', counts.failures],
    ['snapshots passed over', passedOver.join(', ') || 0],
    ['services that ended by themselves', result.endedByThemselves.length],
    ['services that did not end when told', result.killedAtStop.length],
    ['faults, drain, check, s', [ms.faults, ms.drain, ms.check].map((time) => (time / 1000).toFixed(0)).join(', ')],
    ['laws broken', result.differences.count],
  ]
  return ['| | |', '|---|---|', ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join('\n')
}

/** The same as one line of JSON. */
export function lineOf(result: CampaignResult): string {
  const { differences, byKind, counts, ms, ...rest } = result
  const { recoveryMs, defects, ...counted } = counts
  return JSON.stringify({
    ...rest,
    faults: Object.fromEntries(byKind),
    ...counted,
    recoveryMsMedian: medianOf(recoveryMs),
    recoveryMsMax: Math.max(0, ...recoveryMs),
    defects: defects.length,
    faultsMs: Math.round(ms.faults),
    drainMs: Math.round(ms.drain),
    checkMs: Math.round(ms.check),
    laws: differences.laws,
  })
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? 0
}
