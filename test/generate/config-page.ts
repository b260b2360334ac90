import { type ConfigRow, describeConfig } from '@ostiary/runtime'

function cells(...texts: readonly string[]): string {
  return `| ${texts.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`
}

function row({ key, type, default: byDefault, env, changesAnswers, description }: ConfigRow): string {
  return cells(
    `\`${key}\``,
    byDefault === '' ? '(empty)' : `\`${byDefault}\``,
    type,
    `\`${env}\``,
    changesAnswers ? 'yes' : '',
    description,
  )
}

/** The page `docs/spec/config.md`, read off the table of settings. */
export function configPage(): string {
  return `# Configuration

This page is generated from the table of settings by \`npm run generate\`; a test holds it to that.

Every setting can come from a flag, an environment variable or a file; the first that has it counts:

1. **flags**, such as \`--alerts-per-day 5\`
2. **environment variables**, such as \`OSTIARY_ALERTS_PER_DAY=5\`; an empty one counts as not given
3. **the file** that \`--config FILE\` names: YAML or JSON, 1 MiB at most, keys as below
4. **defaults**

\`\`\`yaml
tenant: acme
alertsPerDay: 5
reorderMs: 30m
context: [teams.csv, assets.yaml]
\`\`\`

Not every command has a flag for every setting; \`--help\` lists those it has. Durations are text such as \`90s\`, \`15m\`, \`6h\` or
\`7d\`, or a number of milliseconds. Relative paths in a file are relative to the file's folder; elsewhere to where the command
runs. In \`OSTIARY_CONTEXT\` several paths stand with \`:\` between them (\`;\` on Windows).

Unknown keys, flags and variables that begin with \`OSTIARY_\` are errors, as are values out of range, also where another source
overrides them. All that is wrong is listed at once, each with its source. One variable is none of the settings and is let
pass: \`OSTIARY_DATA\`, where tests find their data.

The configuration has a **hash**: the SHA-256 of the canonical JSON (RFC 8785) of the settings marked *hashed*, which are
those that can change an alert. It is part of a scan's summary and of a state file. Models and tables have hashes of their own.

| Key | Default | Takes | Variable | Hashed | What it is for |
|---|---|---|---|---|---|
${describeConfig().map(row).join('\n')}

What the detector's limits mean together is told in [signals](signals.md) and [detections](detections.md); what context files
hold, in [enrichment](enrichment.md).
`
}
