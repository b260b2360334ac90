import { burst } from './burst.ts'
import { dormancy } from './dormancy.ts'
import { newValue } from './new-value.ts'
import { sequence } from './sequence.ts'
import { sessionSpread } from './session-spread.ts'
import type { Signal } from './signal.ts'
import { spread } from './spread.ts'
import { travel } from './travel.ts'

const changes = new Set(['write', 'permissions', 'tagging'])
/** Services that hold data by the object or row, as the providers name them. */
const dataStores = new Set([
  's3',
  'dynamodb',
  'rds-data',
  'storage.googleapis.com',
  'bigquery.googleapis.com',
  'Microsoft.Storage',
  'Microsoft.DocumentDB',
])

/**
 * Every signal, in the order in which a model sees them. Adding one changes the model's inputs, so it needs training
 * anew: an artefact names the ids it was trained on.
 */
export const signals: readonly Signal<never>[] = [
  newValue('action'),
  newValue('service'),
  newValue('asn'),
  newValue('country'),
  newValue('subnet'),
  newValue('user_agent'),
  newValue('hour'),
  newValue('region'),
  newValue('resource'),
  newValue('error'),
  newValue('credential'),
  newValue('fact'),
  sequence,
  burst('events', () => true),
  burst('changes', (event) => changes.has(event.api.access_level)),
  burst('failures', (event) => event.api.outcome === 'failure'),
  burst('deletions', (event) => event.facts.includes('data.deleted')),
  burst('secrets', (event) => event.facts.includes('secret.read')),
  spread('actions', 'action', () => true),
  spread('denied', 'action', (moment) => moment.event.api.outcome === 'failure'),
  spread('networks', 'subnet', () => true),
  newValue('authentication'),
  burst('data_reads', (event) => event.api.access_level === 'read' && dataStores.has(event.api.service)),
  travel,
  dormancy,
  sessionSpread,
] as unknown as readonly Signal<never>[]
