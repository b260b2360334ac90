import type { ErrorCode, RejectReason } from '@ostiary/schemas'

interface Entry {
  readonly when: string
  readonly remedy: string
}

/** Typed by the closed list, so that a new reason does not compile without its line here. */
const rejects: Readonly<Record<RejectReason, Entry>> = {
  'bytes.truncated': {
    when: 'the stream ended inside a record or a gzip member',
    remedy: 'fetch the file again; what came before the end was scored',
  },
  'bytes.oversized': {
    when: 'a record is longer than `recordBytesMax`',
    remedy: 'raise `recordBytesMax` if the sender really writes such records; head, length and hash are kept',
  },
  'bytes.corrupt': {
    when: 'gzip data does not inflate, or its checksum is wrong',
    remedy: 'fetch the file again; what lies behind the damage was not read',
  },
  'json.invalid': { when: 'bytes that are no JSON value', remedy: 'look at the bytes in the rejects file' },
  'json.too_deep': { when: 'nested deeper than `depthMax`', remedy: 'no log of a cloud is; look at who sends it' },
  'json.not_object': { when: 'JSON, but no object', remedy: 'look at the bytes in the rejects file' },
  'source.unsupported': {
    when: 'no source recognises the record',
    remedy: 'name the format with `--source`, unwrap the record, or leave the file out: not every log is an access log',
  },
  'record.missing_field': {
    when: 'a field that no event can be without is absent: time, operation, service',
    remedy: 'look for a shipper that drops fields',
  },
  'record.wrong_type': {
    when: 'a field has another JSON type than its format defines',
    remedy: 'look for a shipper that rewrites values',
  },
  'record.invalid_time': {
    when: 'the event time does not parse, lies outside the years 2000 to 2100, or lies further than `futureMs` beyond the clock',
    remedy:
      'send times as the provider writes them (RFC 3339); set the clock; raise `futureMs` for archives dated ahead on purpose',
  },
  'internal.defect': {
    when: 'the operator failed on it, which is a defect of ours',
    remedy: 'report it with the dead letter; replay it once it is mended',
  },
  'value.undecodable': {
    when: 'a record of one of our own topics is not in its format, or of a schema the registry does not know',
    remedy: 'look for a producer that should not write there; see docs/spec/topics.md',
  },
}

const errors: Readonly<Record<ErrorCode, Entry & { readonly exit: number }>> = {
  'usage.invalid': { exit: 2, when: 'a flag or an argument makes no sense', remedy: 'see `--help`' },
  'config.invalid': {
    exit: 2,
    when: 'the configuration has an unknown key or a value out of range',
    remedy: 'every problem is listed with its place; check with `ostiary validate`',
  },
  'input.unreadable': { exit: 3, when: 'a file or folder cannot be read', remedy: 'check path and permissions' },
  'input.empty': { exit: 3, when: 'nothing could be scored or trained on', remedy: 'give other files or more days' },
  'state.invalid': {
    exit: 2,
    when: 'a state file is damaged, or of another key, version or tenant',
    remedy: 'restore it, give the key it was made with, or begin with a new file',
  },
  'model.invalid': {
    exit: 2,
    when: 'a model artefact is damaged or was made for another version',
    remedy: 'train it anew, or leave `--model` out to use the one that ships',
  },
  'model.untrusted': {
    exit: 2,
    when: 'a model is not signed, or not by a key that is trusted',
    remedy:
      'sign it with `ostiary models sign`, or trust its key with `ostiary models trust`, if you know where it comes from',
  },
  'feedback.invalid': {
    exit: 2,
    when: 'a journal of labels and suppressions is not there, or damaged',
    remedy: 'see that its path is right; restore it from a backup, or take out the line that is quoted',
  },
  'table.invalid': {
    exit: 2,
    when: 'an enrichment table is damaged',
    remedy: 'remove the cache folder and run `npm ci`',
  },
  'key.invalid': {
    exit: 2,
    when: 'the pseudonymisation key is damaged or readable by others',
    remedy: '`chmod 600` it, or restore it: under a new key identities have new names',
  },
  'alert.unknown': { exit: 2, when: 'no alert or event of that id', remedy: 'copy the id from the alert line' },
  'output.unwritable': {
    exit: 3,
    when: 'an output file cannot be written',
    remedy: 'check folder, permissions and space',
  },
  'kafka.unavailable': {
    exit: 3,
    when: 'no Kafka broker answers, or not in time',
    remedy: 'check `brokers`, the network, and TLS; it can be tried again',
  },
  'kafka.refused': {
    exit: 2,
    when: 'Kafka refuses the principal or what it asks for',
    remedy: 'check credentials; `ostiary acls` lists what each service needs',
  },
  'topics.invalid': {
    exit: 2,
    when: 'a topic is missing, or not as its contract says',
    remedy: '`ostiary topics apply`, or read what `ostiary topics check` says',
  },
  'registry.unavailable': {
    exit: 3,
    when: 'the schema registry does not answer',
    remedy: 'check `registryUrl`; it can be tried again',
  },
  'registry.refused': {
    exit: 2,
    when: 'the schema registry refuses: name and password, or what they may do there',
    remedy: 'check `registryUsername` and the password; services read and register schemas',
  },
  'schema.refused': {
    exit: 2,
    when: 'the registry holds a schema that ours is not compatible with',
    remedy: 'upgrade readers before writers, or use another `topicPrefix`',
  },
  'sink.unavailable': {
    exit: 3,
    when: 'a receiver of alerts does not take them, or not in time',
    remedy: 'check its address and that it runs; what was not confirmed is sent again',
  },
  'platform.missing': {
    exit: 2,
    when: 'a program that is needed (Java, Maven, OpenSSL) is not installed, or fails',
    remedy: 'install what the message names, or give the address of a broker and a registry',
  },
  'artefact.missing': {
    exit: 3,
    when: 'a table that a marker names has not arrived yet',
    remedy: 'it is waited for; see that the census service runs',
  },
  internal: { exit: 4, when: 'a defect of ours', remedy: 'report it with the text it printed' },
}

/** The page `docs/spec/errors.md`. */
export function errorsPage(): string {
  return `# Errors and rejects

This page is generated by \`npm run generate\` from the closed lists in \`schemas/src/error-codes.ts\`; a test holds it to that.

## Rejects

A record that gives no event ends here: counted in the summary, and in the file of \`--rejects\` with its reason and its bytes. It
never stops what comes after it.

| Reason | When | What to do |
|---|---|---|
${Object.entries(rejects)
  .map(([reason, { when, remedy }]) => `| \`${reason}\` | ${when} | ${remedy} |`)
  .join('\n')}

Records that are well formed but no events (digest files, heartbeats, events outside \`--since\` and \`--until\`) are counted as
filtered.

## Errors

What ends a command: one line on standard error that states what could not be done, quotes the value, says what to do and ends
with the code.

| Code | Exit code | When | What to do |
|---|---|---|---|
${Object.entries(errors)
  .map(([code, { exit, when, remedy }]) => `| \`${code}\` | ${exit} | ${when} | ${remedy} |`)
  .join('\n')}
`
}
