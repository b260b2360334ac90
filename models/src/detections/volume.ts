import type { Detection, Reading } from './detection.ts'
import { plainNumber, plural, quote } from './wording.ts'

/** "41 events within the hour, where 6 are usual". */
function more(reading: Reading, unit: string, of = ''): string {
  return `${plural(reading.count, unit)}${of} within the hour, where ${plainNumber(reading.meanCount)} are usual`
}

/** More of something within the hour than in the identity's usual active hours. */
export const volumeDetections: readonly Detection[] = [
  {
    id: 'burst_of_operations',
    signal: 'burst.events',
    natsMin: 2.5,
    attack: { tactic: 'TA0002', technique: 'T1059.009' },
    when: 'twenty or more events within the hour, and far more than the identity usually has',
    applies: (reading) => reading.count >= 20,
    words: (reading) => more(reading, 'event'),
  },
  {
    id: 'burst_of_instances',
    signal: 'burst.changes',
    natsMin: 2.5,
    attack: { tactic: 'TA0005', technique: 'T1578.002' },
    when: 'ten or more changes within the hour, this one a start of instances or functions, and far more than the identity usually makes',
    applies: ({ count, moment: { event } }) => count >= 10 && event.facts.includes('compute.started'),
    words: (reading) => `${more(reading, 'change')}, the last a start of machines`,
  },
  {
    id: 'burst_of_changes',
    signal: 'burst.changes',
    natsMin: 2.5,
    attack: { tactic: 'TA0002', technique: 'T1059.009' },
    when: 'ten or more changes within the hour, and far more than the identity usually makes',
    applies: (reading) => reading.count >= 10,
    words: (reading) => more(reading, 'change'),
  },
  {
    id: 'burst_of_errors',
    signal: 'burst.failures',
    natsMin: 1.5,
    attack: { tactic: 'TA0007', technique: 'T1580' },
    when: 'six or more refused or failed calls within the hour, and more than the identity usually has',
    applies: (reading) => reading.count >= 6,
    words: (reading) => more(reading, 'failed call'),
  },
  {
    id: 'denied_on_many_actions',
    signal: 'spread.denied',
    natsMin: 1,
    attack: { tactic: 'TA0007', technique: 'T1580' },
    when: 'six or more different actions fail within the hour, and more than the identity usually has fail',
    applies: (reading) => reading.count >= 6,
    words: (reading) =>
      `${reading.count} different actions failed within the hour, where ${plainNumber(reading.meanCount)} are usual (last: ${quote(reading.moment.event.api.error_code || 'failure')})`,
  },
  {
    id: 'broad_discovery',
    signal: 'spread.actions',
    natsMin: 1.5,
    attack: { tactic: 'TA0007', technique: 'T1580' },
    when: 'nine or more different actions within the hour, this one a listing or reading one, and more than the identity usually takes',
    applies: ({ count, moment: { event } }) =>
      count >= 9 && (event.api.access_level === 'list' || event.api.access_level === 'read'),
    words: (reading) =>
      `${reading.count} different actions within the hour, where ${plainNumber(reading.meanCount)} are usual: looking around`,
  },
  {
    id: 'burst_of_secret_reads',
    signal: 'burst.secrets',
    natsMin: 2,
    attack: { tactic: 'TA0006', technique: 'T1555.006' },
    when: 'ten or more secrets read within the hour, and more than the identity usually reads',
    applies: (reading) => reading.count >= 10,
    words: (reading) => more(reading, 'secret read'),
  },
  {
    id: 'burst_of_data_reads',
    signal: 'burst.data_reads',
    natsMin: 2.5,
    attack: { tactic: 'TA0009', technique: 'T1530' },
    when: 'twenty or more reads of stored data within the hour, and far more than the identity usually makes',
    applies: (reading) => reading.count >= 20,
    words: (reading) => more(reading, 'read', ' of stored data'),
  },
  {
    id: 'burst_of_deletions',
    signal: 'burst.deletions',
    natsMin: 1.2,
    attack: { tactic: 'TA0040', technique: 'T1485' },
    when: 'six or more deletions of data, snapshots or backups within the hour, and more than the identity usually makes',
    applies: (reading) => reading.count >= 6,
    words: (reading) => more(reading, 'deletion'),
  },
]
