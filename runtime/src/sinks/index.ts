import type { Writable } from 'node:stream'
import { type AlertmanagerOptions, alertmanagerSink } from './alertmanager-sink.ts'
import { fileSink } from './file-sink.ts'
import { type RotatingFileSinkOptions, rotatingFileSink } from './rotating-file-sink.ts'
import type { AlertLine, ForwardingSink, Sink } from './sink.ts'
import { streamSink } from './stream-sink.ts'
import { type SyslogOptions, syslogSink } from './syslog-sink.ts'
import { type WebhookOptions, webhookSink } from './webhook-sink.ts'

/** Every kind of sink, by its id. A new one is a line here; the conformance suite then holds it to the laws. */
export const sinks = {
  file: (path: string, line: AlertLine): Sink => fileSink(path, line),
  stdout: (line: AlertLine, stream: Writable = process.stdout): Sink => streamSink(stream, line),
  webhook: (line: AlertLine, options: WebhookOptions): ForwardingSink => webhookSink(line, options),
  alertmanager: (options: AlertmanagerOptions): ForwardingSink => alertmanagerSink(options),
  syslog: (options: SyslogOptions): ForwardingSink => syslogSink(options),
  rotating_file: (path: string, line: AlertLine, options: RotatingFileSinkOptions): ForwardingSink =>
    rotatingFileSink(path, line, options),
} as const
