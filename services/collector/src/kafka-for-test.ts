import type { RawProducerOptions } from '@ostiary/runtime/kafka'

/** What a test's Kafka was given. */
export interface Written {
  readonly value: string
  readonly origin: string
}

export interface TestKafka {
  readonly kafka: RawProducerOptions['kafka']
  readonly written: Written[]
  /** Holds sends back once so many records are written, until they are set free again. */
  hold(isHeld: boolean, fromRecord?: number): void
}

interface Message {
  readonly value: Buffer
  readonly headers: { readonly origin: string }
}

/** A client that writes to memory, and that can be made to hang. */
export function kafkaForTest(): TestKafka {
  const written: Written[] = []
  let heldFrom = Number.POSITIVE_INFINITY
  let release: (() => void)[] = []
  const producer = {
    connect: async () => undefined,
    disconnect: async () => undefined,
    async send({ messages }: { messages: readonly Message[] }) {
      if (written.length >= heldFrom) await new Promise<void>((resolve) => release.push(resolve))
      for (const { value, headers } of messages) written.push({ value: value.toString(), origin: headers.origin })
    },
  }
  return {
    kafka: { producer: () => producer } as unknown as RawProducerOptions['kafka'],
    written,
    hold(isHeld, fromRecord = 0) {
      heldFrom = isHeld ? fromRecord : Number.POSITIVE_INFINITY
      if (isHeld) return
      for (const resolve of release) resolve()
      release = []
    },
  }
}
