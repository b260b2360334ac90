import { CompressionTypes, type Message, type TopicMessages } from 'kafkajs'
import type { OutputRecord } from './stage.ts'

/** Records and bytes of one send: the client does not split what is more than a broker takes. */
const sendRecordsMax = 1000
const sendBytesMax = 900 * 1024
/** Bytes of keys, headers and framing that a record is reckoned with beside its value. */
const recordOverheadBytes = 100
/** From so many bytes on, compressing is worth its time. */
const compressedFromBytes = 64 * 1024

/** One request to the brokers. */
export interface Send {
  readonly topicMessages: TopicMessages[]
  readonly compression: CompressionTypes
}

/** Cuts records into sends that brokers take, in order. */
export function sendsOf(records: readonly OutputRecord[], topicPrefix: string): Send[] {
  const sends: Send[] = []
  let byTopic = new Map<string, Message[]>()
  let count = 0
  let bytes = 0
  const cut = (): void => {
    if (count === 0) return
    sends.push({
      topicMessages: [...byTopic].map(([topic, messages]) => ({ topic, messages })),
      compression: bytes >= compressedFromBytes ? CompressionTypes.GZIP : CompressionTypes.None,
    })
    byTopic = new Map()
    count = 0
    bytes = 0
  }
  for (const { topic, key, value, partition, headers } of records) {
    const size = (value?.length ?? 0) + (key?.length ?? 0) + recordOverheadBytes
    if (count >= sendRecordsMax || bytes + size > sendBytesMax) cut()
    const name = topicPrefix + topic
    let messages = byTopic.get(name)
    if (messages === undefined) {
      messages = []
      byTopic.set(name, messages)
    }
    messages.push({
      key,
      value,
      ...(partition === undefined ? {} : { partition }),
      ...(headers === undefined ? {} : { headers: { ...headers } }),
    })
    count += 1
    bytes += size
  }
  cut()
  return sends
}
