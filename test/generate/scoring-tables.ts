import {
  defaultDetectorOptions,
  gateOf,
  impactNats,
  impactOf,
  severities,
  severityOf,
  signals,
  surpriseNats,
} from '@ostiary/models'
import type { AccessEvent, AccessLevel, Privilege } from '@ostiary/schemas'

/** A reading that no cap lets pass whole, and one that every cap does. */
const hugeNats = 1e9
const smallNats = 1e-3
const known = { gate: 1, noiseMean: 0, impactBits: 0, policyBits: 0 }

function cells(...texts: readonly string[]): string {
  return `| ${texts.join(' | ')} |`
}

function plain(value: number): string {
  return String(Math.round(value * 1e6) / 1e6)
}

/** What the rank adds for one signal alone. Asked of the function itself, so that the page cannot tell another story. */
function added(index: number, nats: number): number {
  const readings = new Float64Array(signals.length)
  readings[index] = nats
  return surpriseNats(readings, known, new Float64Array(signals.length))
}

/** Weight and cap of every signal that the rank weighs. */
export function termsTable(): string {
  const rows = signals.flatMap(({ id }, index) => {
    const weight = added(index, smallNats) / smallNats
    const most = added(index, hugeNats)
    if (weight === 0) return []
    return [cells(`\`${id}\``, plain(weight), plain(most / weight), (most * Math.LOG2E).toFixed(1))]
  })
  return ['| Signal | Weight w | Cap, nats | Bits at most |', '|---|---|---|---|', ...rows].join('\n')
}

/** The numbers that the prose of the page states, as the rank has them; a test holds the prose to them. */
export function rankNumbers(): Readonly<Record<'noise' | 'impact' | 'policy' | 'policyMax' | 'mass', number>> {
  const none = new Float64Array(signals.length)
  const policyMax = impactNats({ ...known, policyBits: hugeNats })
  const policy = impactNats({ ...known, policyBits: smallNats }) / smallNats
  return {
    noise: -surpriseNats(none, { ...known, noiseMean: 1 }, none.slice()),
    impact: impactNats({ ...known, impactBits: 1 }),
    policy,
    policyMax: policyMax / policy,
    mass: Math.round(-1 / Math.log(1 - gateOf(1))),
  }
}

const levels: readonly AccessLevel[] = ['list', 'read', 'tagging', 'unknown', 'write', 'permissions']
const privileges: readonly Privilege[] = ['unknown', 'standard', 'privileged', 'admin']

function actionBits(level: AccessLevel, privilege: Privilege): number {
  const event = {
    api: { access_level: level, outcome: 'success' },
    identity: { privilege },
    resources: [],
  } as unknown as AccessEvent
  return impactOf(event, 0).actionBits
}

/** Bits of access levels and privileges. */
export function impactTable(): string {
  const rows = [
    ...levels.map((level) => cells('access level', level, plain(actionBits(level, 'standard')))),
    ...privileges.map((privilege) => cells('privilege', privilege, plain(actionBits('list', privilege)))),
  ]
  return ['| | Value | Bits |', '|---|---|---|', ...rows].join('\n')
}

/** From how many bits of surprise and impact a case has each severity. */
export function severityTable(): string {
  const facts = { impactBits: 0, isPolicy: false, isAlways: false }
  const rows = severities.map((severity, rank) => {
    const bits = [...Array(64).keys()].find(
      (surpriseBits) => severities.indexOf(severityOf({ ...facts, surpriseBits })) >= rank,
    )
    const ofPolicy = severityOf({ ...facts, surpriseBits: 0, isPolicy: true }) === severity
    const ofAlways = severityOf({ ...facts, surpriseBits: 0, isPolicy: true, isAlways: true }) === severity
    const other = ofAlways ? 'a policy that always pages applies' : ofPolicy ? 'any policy applies' : ''
    return cells(severity, plain(bits!), other)
  })
  return ['| Severity | Surprise + impact from | At least, if |', '|---|---|---|', ...rows.reverse()].join('\n')
}

/** Defaults of the settings that bound what may be learnt. */
export function learningTable(): string {
  const { latenessMs, quarantineBits, quarantineMs, rememberedWeight, agedWeight, noveltyPerDayMax, identitiesMax } =
    defaultDetectorOptions
  const rows = [
    ['latenessMs', `${plain(latenessMs / 3_600_000)} h`],
    ['quarantineBits', `${plain(quarantineBits)} bits`],
    ['quarantineMs', `${plain(quarantineMs / 86_400_000)} days`],
    ['rememberedWeight', `${plain(rememberedWeight)} events`],
    ['agedWeight', `${plain(agedWeight)} events`],
    ['noveltyPerDayMax', plain(noveltyPerDayMax)],
    ['identitiesMax', plain(identitiesMax)],
  ].map(([key, value]) => cells(`\`${key}\``, value!))
  return ['| Setting | Default |', '|---|---|', ...rows].join('\n')
}
