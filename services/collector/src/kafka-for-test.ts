import type { RawProducerOptions } from '@ostiary/runtime/kafka'

/** What a test's Kafka was given. */
export interface Written {
  readonly value: string
  readonly origin: string
}

export interface TestKafka {
  readonly kafka: RawProducerOptions['kafka']
  readonly written: Written[]
  /** Holds every send back until it is set free again. */
  hold(isHeld: boolean): void
}

interface Message {
  readonly value: Buffer
  readonly headers: { readonly origin: string }
}

/** A client that writes to memory, and that can be made to hang. */
export function kafkaForTest(): TestKafka {
  const written: Written[] = []
  let isHeld = false
  let release: (() => void)[] = []
  const producer = {
    connect: async () => undefined,
    disconnect: async () => undefined,
    async send({ messages }: { messages: readonly Message[] }) {
      if (isHeld) await new Promise<void>((resolve) => release.push(resolve))
      for (const { value, headers } of messages) written.push({ value: value.toString(), origin: headers.origin })
    },
  }
  return {
    kafka: { producer: () => producer } as unknown as RawProducerOptions['kafka'],
    written,
    hold(shallHold) {
      isHeld = shallHold
      if (shallHold) return
      for (const resolve of release) resolve()
      release = []
    },
  }
}
