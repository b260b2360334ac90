import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generatedFiles } from './generated-files.ts'

// npm runs scripts in the repository's root.
for (const file of generatedFiles) writeFileSync(join(process.cwd(), file.path), file.text())
