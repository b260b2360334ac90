import { freePort, kafkaVersion, registryVersion } from '@ostiary/runtime/kafka'
import { GenericContainer, getContainerRuntimeClient, type StartedTestContainer, Wait } from 'testcontainers'
import type { TestKafka } from './harness.ts'

const kafkaImage = `apache/kafka:${kafkaVersion}`
const registryImage = `apicurio/apicurio-registry:${registryVersion}`
/** The first start fetches images. */
const startMsMax = 300_000
const innerPort = 19_092
const registryPort = 8080

/** Kafka and the registry in containers. */
export interface KafkaContainers extends TestKafka {
  stop(): Promise<void>
}

/** The host that containers' ports are on, or nothing where no container runtime answers. */
export async function containerHost(): Promise<string | undefined> {
  try {
    return (await getContainerRuntimeClient()).info.containerRuntime.host
  } catch {
    return undefined
  }
}

export async function startContainers(host: string): Promise<KafkaContainers> {
  const started: StartedTestContainer[] = []
  const stop = async (): Promise<void> => {
    for (const container of started.reverse()) await container.stop()
  }
  try {
    const port = await freePort()
    started.push(await kafkaContainer(host, port).start())
    const registry = await new GenericContainer(registryImage)
      .withExposedPorts(registryPort)
      .withWaitStrategy(Wait.forHttp('/apis/ccompat/v7/subjects', registryPort))
      .withStartupTimeout(startMsMax)
      .start()
    started.push(registry)
    const registryUrl = `http://${host}:${registry.getMappedPort(registryPort)}/apis/ccompat/v7`
    return { brokers: `${host}:${port}`, registryUrl, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** A broker tells clients its address, so the port outside is chosen before it starts; to itself it speaks on another. */
function kafkaContainer(host: string, port: number): GenericContainer {
  return new GenericContainer(kafkaImage)
    .withExposedPorts({ container: 9092, host: port })
    .withEnvironment({
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_LISTENERS: `OUTSIDE://:9092,INSIDE://:${innerPort},CONTROLLER://:19093`,
      KAFKA_ADVERTISED_LISTENERS: `OUTSIDE://${host}:${port},INSIDE://localhost:${innerPort}`,
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'OUTSIDE:PLAINTEXT,INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT',
      KAFKA_INTER_BROKER_LISTENER_NAME: 'INSIDE',
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:19093',
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
    })
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .withStartupTimeout(startMsMax)
}
