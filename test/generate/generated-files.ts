import { configPage } from './config-page.ts'
import { detectionsPage } from './detections-page.ts'

/** A file of the repository that is written by a program. */
export interface GeneratedFile {
  /** Path from the repository's root. */
  readonly path: string
  text(): string
}

/** Every file that `npm run generate` writes; a test holds each to its text. */
export const generatedFiles: readonly GeneratedFile[] = [
  { path: 'docs/spec/config.md', text: configPage },
  { path: 'docs/spec/detections.md', text: detectionsPage },
]
