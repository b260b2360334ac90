import { accessEventSchema, alertSchema, findingSchema } from '@ostiary/schemas'
import { configPage } from './config-page.ts'
import { detectionsPage } from './detections-page.ts'
import { errorsPage } from './errors-page.ts'
import { ocsfPage } from './ocsf-page.ts'
import { scoringPage } from './scoring-page.ts'

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
  { path: 'docs/spec/config.md', text: configPage },
  { path: 'docs/spec/detections.md', text: detectionsPage },
  { path: 'docs/spec/errors.md', text: errorsPage },
  { path: 'docs/spec/ocsf.md', text: ocsfPage },
  { path: 'docs/spec/scoring.md', text: scoringPage },
  { path: 'schemas/avro/access-event.avsc', text: avroFile(accessEventSchema) },
  { path: 'schemas/avro/finding.avsc', text: avroFile(findingSchema) },
  { path: 'schemas/avro/alert.avsc', text: avroFile(alertSchema) },
]
