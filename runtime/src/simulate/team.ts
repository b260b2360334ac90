import { drawAddress } from './addresses.ts'
import { type Zone, zones } from './calendar.ts'
import type { Random } from './random.ts'

export interface Account {
  readonly id: string
  readonly name: string
}

/** A group of people with one office, one home account and resources of their own. */
export interface Team {
  readonly name: string
  readonly zone: Zone
  readonly region: string
  readonly account: Account
  /** By kind, as the action table names kinds; the first of each are used most. */
  readonly resources: Readonly<Record<string, readonly string[]>>
  /** What the office's lines look like from outside. */
  readonly officeAddresses: readonly string[]
}

const products: readonly string[] =
  'atlas beacon cobalt delta ember falcon garnet harbor indigo juniper kestrel lumen meadow nimbus opal prism quartz ridge summit tundra umbra vertex willow zephyr'.split(
    ' ',
  )

const places: readonly (readonly [keyof typeof zones, string])[] = [
  ['berlin', 'eu-central-1'],
  ['newYork', 'us-east-1'],
  ['london', 'eu-west-2'],
  ['kolkata', 'ap-south-1'],
  ['losAngeles', 'us-west-2'],
  ['warsaw', 'eu-central-1'],
  ['paris', 'eu-west-3'],
  ['singapore', 'ap-southeast-1'],
  ['toronto', 'ca-central-1'],
  ['madrid', 'eu-west-1'],
  ['saoPaulo', 'sa-east-1'],
  ['tokyo', 'ap-northeast-1'],
  ['sydney', 'ap-southeast-2'],
]

/** How many resources of each kind a team has, and what they are called after. */
const stems: Readonly<Record<string, string>> = {
  bucket: 'assets uploads events exports logs reports archive models',
  table: 'orders sessions ledger profiles devices',
  function: 'ingest resize notify reconcile index webhook cleanup',
  secret: 'db api-token webhook payments smtp signing',
  queue: 'jobs mail retries audit',
  topic: 'alerts changes billing',
  role: 'service worker deploy batch readonly',
  user: 'svc-export svc-mail svc-metrics svc-sync',
  policy: 'service worker deploy',
  log: 'api worker cron gateway',
  repository: 'api worker web jobs',
  cluster: 'main batch',
  kubernetes: 'core edge',
  parameter: 'config flags endpoints limits token',
  stack: 'network service data pipeline',
  stream: 'clicks orders',
  machine: 'settle onboard',
  rule: 'nightly hourly',
  alarm: 'errors latency cost',
  project: 'build release',
  catalog: 'raw curated',
  asg: 'web worker',
  sender: 'noreply news',
  vault: 'daily',
}

const modelNames: readonly string[] = ['amazon.titan-text-express-v1', 'amazon.nova-lite-v1:0', 'amazon.nova-pro-v1:0']

/** The position's team: its place decides zone and region, its account is shared with others. */
export function createTeam(position: number, accounts: readonly Account[], random: Random): Team {
  const [place, region] = places[position % places.length]!
  const generation = Math.floor(position / products.length)
  const name = `${products[position % products.length]!}${generation === 0 ? '' : generation + 1}`
  const account = accounts[position % Math.max(1, accounts.length - 1)]!
  const zone = zones[place]!
  const officeAddresses = [0, 1].map(() => drawAddress('business', zone.country, random))
  return { name, zone, region, account, resources: nameResources(name, region, account.id, random), officeAddresses }
}

function nameResources(team: string, region: string, accountId: string, random: Random): Record<string, string[]> {
  const named: Record<string, string[]> = {}
  for (const [kind, stemsOfKind] of Object.entries(stems)) {
    named[kind] = stemsOfKind.split(' ').map((stem) => resourceName(kind, team, stem, region, accountId, random))
  }
  const tagged = (prefix: string, count: number) => Array.from({ length: count }, () => `${prefix}-0${random.hex(16)}`)
  return {
    ...named,
    key: Array.from({ length: 3 }, () => `arn:aws:kms:${region}:${accountId}:key/${random.uuid()}`),
    instance: tagged('i', 8),
    volume: tagged('vol', 6),
    snapshot: tagged('snap', 6),
    image: tagged('ami', 3),
    group: tagged('sg', 5),
    database: [`${team}-primary`, `${team}-replica`],
    dbSnapshot: [`rds-${team}-primary-weekly`, `rds-${team}-primary-manual`],
    zone: [`Z0${random.text(18, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789')}`],
    trail: [`arn:aws:cloudtrail:${region}:${accountId}:trail/organisation`],
    detector: [random.hex(32)],
    model: [...modelNames],
  }
}

function resourceName(
  kind: string,
  team: string,
  stem: string,
  region: string,
  accountId: string,
  random: Random,
): string {
  switch (kind) {
    case 'bucket':
      return `corp-${team}-${stem}-${random.hex(6)}`
    case 'secret':
      return `${team}/prod/${stem}`
    case 'parameter':
    case 'log':
      return `/${team}/${stem}`
    case 'queue':
      return `https://sqs.${region}.amazonaws.com/${accountId}/${team}-${stem}`
    case 'topic':
      return `arn:aws:sns:${region}:${accountId}:${team}-${stem}`
    case 'policy':
      return `arn:aws:iam::${accountId}:policy/${team}-${stem}`
    case 'machine':
      return `arn:aws:states:${region}:${accountId}:stateMachine:${team}-${stem}`
    case 'sender':
      return `${stem}@${team}.example.com`
    default:
      return `${team}-${stem}`
  }
}
