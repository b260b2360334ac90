import { createHash } from 'node:crypto'
import { type DeadLetter, deadLetterBytesMax, type RejectReason } from '@ostiary/schemas'
import type { InputRecord, StepOutputs } from './stage.ts'
import type { ServiceName, TopicName } from './topics.ts'

/** What is wrong with a record, and where in it. */
export interface Defect {
  readonly reason: RejectReason
  readonly detail: string
  /** Place among the records of one envelope. */
  readonly index: number
  /** The bytes that are to blame: the whole record's, or those of one record of its envelope. */
  readonly bytes: Buffer
}

/** Sends a record to the dead letters, and counts it. */
export type Bury = (record: InputRecord, defect: Defect, outputs: StepOutputs) => void

/** What buries records that a service cannot use. The key is the record's place, so that each lies in one place. */
export function burier(service: ServiceName, topic: TopicName, encode: (letter: DeadLetter) => Buffer): Bury {
  return ({ partition, offset, timeMs }, { reason, detail, index, bytes }, outputs) => {
    const letter: DeadLetter = {
      service,
      reason,
      detail,
      topic,
      partition,
      offset,
      index,
      time: timeMs,
      length: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      bytes: bytes.subarray(0, deadLetterBytesMax),
    }
    outputs.emit({ topic: 'access.dlq', key: `${topic}/${partition}/${offset}`, value: encode(letter) })
    outputs.count('rejected', reason)
  }
}
