import type { BenchTopics } from './bench-cluster.ts'
import { rawRecords, withProbes } from './raw-records.ts'

/** Records go out in small sends, this often. */
const sendEveryMs = 10
/** Records in one send. */
const sendRecordsMax = 2000
/** Records to one that opens a case, so that there are alerts enough for a percentile. */
const probeEvery = 100
/** A burst begins this often and takes this long. */
const burstEveryS = 60
const burstS = 10

export interface PacedLoad {
  readonly perSecond: number
  readonly seconds: number
  /** So many times the rate in the last 10 s of each minute; 1: steady. */
  readonly burst: number
}

/** Records due so many seconds after the start. */
function dueBy({ perSecond, burst }: PacedLoad, seconds: number): number {
  const minutes = Math.floor(seconds / burstEveryS)
  const inBurst = minutes * burstS + Math.max(0, seconds - minutes * burstEveryS - (burstEveryS - burstS))
  return Math.floor(perSecond * (seconds + (burst - 1) * inBurst))
}

/** Sends raw records at a pace, and tells of each when it goes out. */
export async function sendPaced(
  { kafka, config }: BenchTopics,
  load: PacedLoad,
  onSent: (id: string, atMs: number) => void,
): Promise<number> {
  const producer = kafka.producer({ idempotent: true })
  await producer.connect()
  const all = dueBy(load, load.seconds)
  const stream = withProbes(rawRecords(all), probeEvery)
  const startedMs = performance.now()
  let sent = 0
  while (sent < all) {
    const nowMs = performance.now()
    const due = Math.min(all, dueBy(load, (nowMs - startedMs) / 1000)) - sent
    const messages: { key: string; value: Buffer }[] = []
    for (let i = 0; i < Math.min(due, sendRecordsMax); i++) {
      const next = stream.next()
      if (next.done) break
      const { id, key, value } = next.value
      onSent(id, performance.now())
      messages.push({ key, value })
    }
    sent += messages.length
    if (messages.length > 0) await producer.send({ topic: `${config.topicPrefix}access.raw`, messages })
    await new Promise((resolve) => setTimeout(resolve, sendEveryMs))
  }
  await producer.disconnect()
  return sent
}
