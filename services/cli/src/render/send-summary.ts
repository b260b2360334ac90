import type { SendSummary } from '../raw-sender.ts'
import { bytesText } from './progress.ts'

/** Tells what was sent: a line for people on a terminal, one of JSON on standard output else. */
export function tellSendSummary(summary: SendSummary): void {
  if (process.stdout.isTTY) process.stdout.write(`${sendSummaryText(summary)}\n`)
  else process.stdout.write(`${JSON.stringify(summary)}\n`)
}

function sendSummaryText({ records, bytes, rejected, seconds, topic }: SendSummary): string {
  const rate = seconds > 0 ? `, ${Math.round(records / seconds)} a second` : ''
  const reasons = Object.entries(rejected).map(([reason, count]) => `${count} ${reason}`)
  const refused = reasons.length === 0 ? '' : `; no records: ${reasons.join(', ')}`
  return `${records} records (${bytesText(bytes)}) are in ${topic}${rate}${refused}`
}
