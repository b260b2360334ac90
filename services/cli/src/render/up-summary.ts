import colors from 'picocolors'

export interface UpSummary {
  readonly brokers: string
  readonly registryUrl: string
  readonly topicPrefix: string
  readonly collectUrl: string
  readonly tokenFile: string
  readonly folder: string
  /** Where each service says how it is, by its name. */
  readonly metrics: readonly (readonly [name: string, url: string])[]
}

/** What is where once everything is up, and what to do with it. */
export function upSummary(summary: UpSummary): string {
  const { brokers, registryUrl, topicPrefix, collectUrl, tokenFile, folder, metrics } = summary
  const rows: (readonly [string, string])[] = [
    ['records in', `${collectUrl}, with the token in ${tokenFile}`],
    ['Kafka', brokers],
    ['registry', registryUrl],
    ...metrics.map(([name, url]) => [name, url] as const),
    ['data and logs', folder],
  ]
  const settings = [
    `OSTIARY_BROKERS=${brokers}`,
    `OSTIARY_REGISTRY_URL=${registryUrl}`,
    ...(topicPrefix === '' ? [] : [`OSTIARY_TOPIC_PREFIX=${topicPrefix}`]),
  ]
  const commands = [
    `export ${settings.join(' ')}`,
    'npx ostiary simulate --out org.ndjson',
    'npx ostiary send org.ndjson',
    'npx ostiary alerts --follow',
  ]
  return `
${colors.bold('Ostiary is up.')}

${rows.map(([name, text]) => `  ${name.padEnd(14)} ${text}`).join('\n')}

Next, in another terminal:

${commands.map((line) => `  ${line}`).join('\n')}

Ctrl-C ends it; what it has learnt is kept and goes on with the next start.
`
}
