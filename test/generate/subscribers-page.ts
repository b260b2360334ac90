import { readFileSync } from 'node:fs'
import { aclCommands, aclRules, topics } from '@ostiary/runtime/kafka'

const dayMs = 86_400_000
const folder = new URL('../kafka/subscribers/', import.meta.url)

/** A file that a test runs, as a block of the page. */
function block(language: string, file: string): string {
  return `\`\`\`${language}\n${readFileSync(new URL(file, folder), 'utf8')}\`\`\``
}

function days(topic: 'access.alerts' | 'access.alerts.ocsf'): number {
  return topics[topic].retentionMs / dayMs
}

function aclLines(): string {
  const own = aclRules('').filter(({ principal }) => principal === 'subscriber')
  return aclCommands(own, 'ostiary-').join('\n')
}

function promises(): string {
  return `## What you may rely on

- **Read committed.** Alerts are written in transactions. With \`isolation.level=read_committed\` what was given up is not seen; without
  it, it is: an alert that never was one. Java's client has to be told; KafkaJS and librdkafka (Python, kcat) do so unless told otherwise.
  KafkaJS 2.2.4 may show what was given up in a crash all the same ([0035](decisions/0035-aborted-records-are-hidden-by-us.md)); it comes
  again with the same finding and revision, by which you pass over it.
- **Once, and again after you crash.** Each (finding, revision) lies once in each topic. Your place is committed after you handled a
  record, so the last ones may come again: know them by finding and revision.
- **The highest revision is what is true.** A finding is a case; it grows, and each revision holds all of it. Keep the highest you handled
  of each finding, and pass over what is not higher. The last has \`activity\` \`close\`.
- **Order.** Each topic has one partition, and the revisions of a finding lie in it in their order. So one reader of a group works,
  and others of the same group wait to take over.
- **Disposition.** \`page\`: look now. \`digest\`: look when there is time. \`suppressed\`: a rule of yours keeps it quiet; for the record
  only. It may change from one revision to the next, as from digest to page; \`disposition_reason\` says why. See
  [cases and the desk](spec/cases-and-desk.md#budget).
- **Time.** Whoever was away goes on where it was. A group that is empty for longer than the broker's \`offsets.retention.minutes\` (a
  week unless set) loses its place and begins where it is told: at the earliest, so that nothing is missed. After ${days('access.alerts')} days alerts go.
- **New versions.** Fields are added, with defaults, and the registry holds us to that (\`BACKWARD\`). A reader that takes fields by name and
  passes over those it does not know goes on working, with JSON too; the test has an alert of a later schema.
- **Names.** Identities are pseudonyms. Who is meant knows whoever holds the key: see [privacy](runbooks/privacy-and-keys.md).
`
}

/** The page `docs/subscribers.md`. */
export function subscribersPage(): string {
  return `# Subscribing to alerts

For a SOC and its tools: what may be relied on in the two topics of alerts, and readers that work. The readers lie in
\`test/kafka/subscribers\`; [a test](../test/kafka/subscribers.test.ts) runs these very files on a broker that knows who asks, and
compares what each reads with what was written. This page is generated from them by \`npm run generate\`. Whoever would rather be sent
alerts than read them takes [a forwarder](spec/sinks.md#the-forwarder).

| | \`access.alerts\` | \`access.alerts.ocsf\` |
|---|---|---|
| Value | Avro record \`Alert\`, Confluent wire format | JSON, OCSF 1.6.0 Detection Finding |
| Needs | a schema registry | nothing |
| Finding, revision | \`finding_uid\`, \`revision\` | \`finding_info.uid\`, \`metadata.sequence\` |
| Disposition | \`disposition\` | \`unmapped.ostiary.disposition\`; \`is_alert\` is true for a page |
| Kept | ${days('access.alerts')} days | ${days('access.alerts.ocsf')} days |

Both hold the same alerts in the same order; every field is in [ocsf](spec/ocsf.md).

${promises()}
## What it takes

A principal that may read the two topics, in groups of its own whose names begin with \`ostiary-subscriber-\`:

\`\`\`
${aclLines()}
\`\`\`

[acls.txt](../deploy/acls.txt) has these among all others, \`ostiary acls\` prints them for your prefix, and
[deployment](../deploy/README.md#rights) says how a principal comes about. Each tool takes a group of its own: those that share one share
the alerts. The password is in a file that only its owner may read.

The programs below take from the environment \`BROKERS\`, \`CA_FILE\`, \`PASSWORD_FILE\`, \`REGISTRY_URL\`, \`REGISTRY_USER\`,
\`REGISTRY_PASSWORD_FILE\` and, where topics have one, \`TOPIC_PREFIX\`. Each prints a line of JSON for each new revision; put your own in the
place of \`handle\`.

## TypeScript

${block('ts', 'subscriber.ts')}

## Python

${block('python', 'subscriber.py')}

## kcat

For a look, or for a pipe. It reads without a group here, so it needs the right to read the topic and no other, and begins at the
oldest alert each time.

${block('sh', 'subscriber.sh')}

\`KCAT_CONFIG\` names a file such as this:

${block('ini', 'kcat.conf')}

**Old clients and SCRAM.** What is built on a librdkafka before 2.6.1 cannot log in to Kafka 4 by SCRAM: it
[sends its nonce twice](https://github.com/confluentinc/librdkafka/pull/4895), and the broker says that the credentials are wrong.
\`kcat -V\` tells its version; that of Debian 12 has 2.0.2. Take a newer one, or \`sasl.mechanism=PLAIN\` in TLS where the broker offers it, as
the test does with such a kcat.

## ostiary alerts

\`ostiary alerts\` reads \`access.alerts\` as the analyst: cards on a terminal, lines of JSON in a pipe, and nothing else on standard output.

\`\`\`
ostiary alerts --follow --from now --page-only
ostiary alerts --format flat > alerts.ndjson
\`\`\`
`
}
