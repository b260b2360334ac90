import {
  accessEventSchema,
  alertSchema,
  artefactPieceSchema,
  censusSumsSchema,
  deadLetterSchema,
  eventScoreSchema,
  exhibitSchema,
  findingSchema,
  markerSchema,
  stateManifestSchema,
} from '@ostiary/schemas'
import { aclsFile } from './acls-file.ts'
import { configPage } from './config-page.ts'
import { dashboards } from './dashboards/dashboards.ts'
import { grafanaJson } from './dashboards/grafana-json.ts'
import { detectionsPage } from './detections-page.ts'
import { errorsPage } from './errors-page.ts'
import { featuresPage } from './features-page.ts'
import { ocsfPage } from './ocsf-page.ts'
import { alertsPage } from './prometheus/alerts-page.ts'
import { rulesFile } from './prometheus/rules-file.ts'
import { scoringPage } from './scoring-page.ts'
import { subscribersPage } from './subscribers-page.ts'
import { topicsPage } from './topics-page.ts'
import { valuesSchema } from './values-schema.ts'

/** A file of the repository that is written by a program. */
export interface GeneratedFile {
  /** Path from the repository's root. */
  readonly path: string
  text(): string
}

function avroFile(schema: object): () => string {
  return () => `${JSON.stringify(schema, null, 2)}\n`
}

/** Every file that `npm run generate` writes; a test holds each to its text. */
export const generatedFiles: readonly GeneratedFile[] = [
  // A chart holds what it installs.
  ...['dashboards', 'deploy/helm/ostiary/files/dashboards'].flatMap((folder) =>
    dashboards.map((dashboard) => ({ path: `${folder}/${dashboard.id}.json`, text: () => grafanaJson(dashboard) })),
  ),
  { path: 'deploy/acls.txt', text: aclsFile },
  // Helm reads nothing outside a chart's folder.
  { path: 'deploy/helm/ostiary/files/ostiary.rules.yml', text: rulesFile },
  { path: 'deploy/helm/ostiary/values.schema.json', text: valuesSchema },
  { path: 'deploy/prometheus/ostiary.rules.yml', text: rulesFile },
  { path: 'docs/spec/alerts.md', text: alertsPage },
  { path: 'docs/spec/config.md', text: configPage },
  { path: 'docs/spec/detections.md', text: detectionsPage },
  { path: 'docs/spec/errors.md', text: errorsPage },
  { path: 'docs/spec/features.md', text: featuresPage },
  { path: 'docs/spec/ocsf.md', text: ocsfPage },
  { path: 'docs/spec/scoring.md', text: scoringPage },
  { path: 'docs/spec/topics.md', text: topicsPage },
  { path: 'docs/subscribers.md', text: subscribersPage },
  { path: 'schemas/avro/access-event.avsc', text: avroFile(accessEventSchema) },
  { path: 'schemas/avro/finding.avsc', text: avroFile(findingSchema) },
  { path: 'schemas/avro/alert.avsc', text: avroFile(alertSchema) },
  { path: 'schemas/avro/artefact-piece.avsc', text: avroFile(artefactPieceSchema) },
  { path: 'schemas/avro/census-sums.avsc', text: avroFile(censusSumsSchema) },
  { path: 'schemas/avro/dead-letter.avsc', text: avroFile(deadLetterSchema) },
  { path: 'schemas/avro/event-score.avsc', text: avroFile(eventScoreSchema) },
  { path: 'schemas/avro/exhibit.avsc', text: avroFile(exhibitSchema) },
  { path: 'schemas/avro/marker.avsc', text: avroFile(markerSchema) },
  { path: 'schemas/avro/state-manifest.avsc', text: avroFile(stateManifestSchema) },
]
