import { actionTable } from './action-table.ts'

/** What a caller is for. `instance` is the agent that runs on every instance. */
export type Job = 'dev' | 'data' | 'ops' | 'sec' | 'fin' | 'audit' | 'app' | 'etl' | 'ci' | 'backup' | 'instance'

export interface Action {
  /** As in `s3.amazonaws.com`. */
  readonly service: string
  readonly operation: string
  /** What kind of a team's resource it is about; `none` where it names none. */
  readonly resource: string
  readonly readOnly: boolean
  /** A data event rather than a management event. */
  readonly isData: boolean
  readonly jobs: readonly Job[]
}

/** Services that write their events in one region, whatever the caller's. */
const globalServices: ReadonlySet<string> = new Set(
  'iam route53 cloudfront organizations support health budgets ce signin'.split(' '),
)

const byName = new Map<string, Action>()
const byJob = new Map<Job, Action[]>()
for (const line of actionTable.trim().split('\n')) readRow(line)
addAction({ service: 'signin', operation: 'ConsoleLogin', resource: 'none', readOnly: false, isData: false, jobs: [] })

function readRow(line: string): void {
  const colon = line.indexOf(':')
  const [service = '', resource = '', access = '', jobs = ''] = line.slice(0, colon).split(' ')
  const readOnly = access === 'read' || access === 'get'
  const isData = access === 'get' || access === 'put'
  for (const operation of line.slice(colon + 2).split(' ')) {
    addAction({ service, operation, resource, readOnly, isData, jobs: jobs.split(',') as Job[] })
  }
}

function addAction(action: Action): void {
  byName.set(`${action.service}:${action.operation}`, action)
  for (const job of action.jobs) {
    const held = byJob.get(job)
    if (held === undefined) byJob.set(job, [action])
    else held.push(action)
  }
}

/** Every action that callers of this job use, commonest services first. */
export function actionsOfJob(job: Job): readonly Action[] {
  return byJob.get(job) ?? []
}

/** @throws Error for a name that the table does not hold: a mistake in the simulator's own scripts. */
export function actionNamed(name: string): Action {
  const action = byName.get(name)
  if (action === undefined) throw new Error(`Cannot simulate "${name}": add it to the action table`)
  return action
}

/** The region whose trail holds the event. */
export function regionOfAction(action: Action, region: string): string {
  return globalServices.has(action.service) ? 'us-east-1' : region
}
