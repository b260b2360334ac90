import { readdirSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { simulate } from '@ostiary/runtime'
import { type AccessEvent, type Alert, canonicalSha256, normaliseRecord } from '@ostiary/schemas'
import { developerCommand, wholeNumber } from '../developer-command.ts'
import { type BenchSetting, benchSetting, newEnricher, newRun } from './bench-setting.ts'
import { dataFile } from './data-folder.ts'
import { type AttackPlace, type AttackSequence, injectAttacks, type RawRecord } from './inject-attacks.ts'
import { machineFacts } from './machine-facts.ts'
import { record, tell, textTable } from './report.ts'

const dayMs = 86_400_000
const startMs = Date.parse('2026-01-05T00:00:00Z')
const learningDays = 15
const attackDays = 15
const identities = 200
const batchEvents = 1024

const { organisations } = developerCommand(
  'bench:attacks',
  'Plays attacks to invented organisations, and tells which were shown',
)
  .option('--organisations <n>', 'how many organisations', wholeNumber(1), 5)
  .parse()
  .opts<{ organisations: number }>()
const setting = await benchSetting()
record({ bench: 'attacks', machine: machineFacts() })
await detonated()

/** How a sequence came out, by its case's last revision; the best of its cases. */
type Outcome = 'page' | 'digest' | 'none'

/** The captured techniques of Stratus Red Team, each played to somebody of an invented organisation. */
async function detonated(): Promise<void> {
  const folder = dataFile('stratus-red-team')
  if (folder === undefined) return
  const sequences = readdirSync(folder)
    .filter((name) => name.endsWith('.ndjson.gz'))
    .sort()
    .map(
      (name): AttackSequence => ({ name: name.replace('.ndjson.gz', ''), records: readRecords(`${folder}/${name}`) }),
    )
  const outcomes = new Map<string, Outcome>()
  const rows = [['technique', 'records', 'from a new address', 'from the victim’s own']]
  let [pages, days] = [0, 0]
  for (let seed = 1; seed <= organisations; seed++)
    for (const place of ['new', 'own'] as const) {
      const found = await playedTo(seed, sequences, place)
      for (const [name, outcome] of found.outcomes) outcomes.set(`${place} ${name} ${seed}`, outcome)
      pages += found.otherPages
      days += attackDays
      tell(`organisation ${seed}, ${place}: ${found.events} events\n`)
    }
  for (const { name, records } of sequences) {
    const of = (place: AttackPlace): string => {
      const all = Array.from({ length: organisations }, (_, at) => outcomes.get(`${place} ${name} ${at + 1}`))
      const count = (wanted: Outcome): number => all.filter((outcome) => outcome === wanted).length
      record({ part: 'technique', name, place, page: count('page'), digest: count('digest'), none: count('none') })
      return `${count('page')} paged, ${count('digest')} in the digest, ${count('none')} missed`
    }
    rows.push([name, String(records.length), of('new'), of('own')])
  }
  tell(`\n${textTable(rows)}\n`)
  tell(`other pages: ${(pages / days).toFixed(1)} a day, of a budget of ${setting.config.alertsPerDay}\n\n`)
  record({ part: 'others', pagesPerDay: pages / days })
}

async function playedTo(
  seed: number,
  sequences: readonly AttackSequence[],
  place: AttackPlace,
): Promise<{ readonly outcomes: Map<string, Outcome>; readonly events: number; readonly otherPages: number }> {
  const simulated = [...simulate({ seed, identities, days: learningDays + attackDays, startMs, attacks: false })]
  const background = simulated.map((event) => event.record)
  const injected = injectAttacks(background, sequences, place, startMs + learningDays * dayMs + 9 * 3_600_000, dayMs)
  const all = [
    ...simulated.map((event) => ({ record: event.record as object, timeMs: event.timeMs })),
    ...injected,
  ].sort((a, b) => a.timeMs - b.timeMs)
  const alerts = await alertsOf(
    setting,
    all.map((one) => one.record),
  )
  const attackOf = new Map(injected.map(({ eventUid, attack }) => [eventUid, attack]))
  const outcomes = new Map<string, Outcome>(sequences.map(({ name }) => [name, 'none']))
  let otherPages = 0
  for (const alert of alerts.values()) {
    const attack = alert.evidence.map(({ event_uid: id }) => attackOf.get(id)).find((name) => name !== undefined)
    if (attack !== undefined && outcomes.get(attack) !== 'page')
      outcomes.set(attack, alert.disposition === 'page' ? 'page' : 'digest')
    if (attack === undefined && alert.disposition === 'page' && alert.time >= startMs + learningDays * dayMs)
      otherPages += 1
  }
  return { outcomes, events: all.length, otherPages }
}

/** The last revision of every finding. */
async function alertsOf(setting: BenchSetting, records: readonly unknown[]): Promise<Map<string, Alert>> {
  const alerts = new Map<string, Alert>()
  const write = async (alert: Alert): Promise<void> => {
    alerts.set(
      alert.finding_uid,
      alert.evidence.length > 0 ? alert : { ...alert, evidence: alerts.get(alert.finding_uid)?.evidence ?? [] },
    )
  }
  const run = newRun(setting, [{ id: 'bench', write, close: async () => undefined }])
  const enrich = newEnricher(setting)
  let batch: AccessEvent[] = []
  for (const one of records) {
    normaliseRecord(one, (outcome, inner) => {
      if (outcome.kind === 'event') batch.push(enrich(outcome.event, () => canonicalSha256(inner)))
    })
    if (batch.length < batchEvents) continue
    await run.take(batch)
    batch = []
  }
  await run.take(batch)
  await run.finish()
  return alerts
}

function readRecords(path: string): RawRecord[] {
  return gunzipSync(readFileSync(path))
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as RawRecord)
}
