package peer;

import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.Stores;

/**
 * A Kafka Streams application that does with CloudTrail records what many would build first: counts per identity in a store
 * with a changelog, a Random Cut Forest over numbers read off them, alerts to a topic, exactly once. Reads raw records, which
 * lie in partitions by identity, so that no repartitioning is needed.
 *
 * <p>Arguments: brokers, application id, topic of raw records, topic of alerts, state folder, trees of a forest.
 * Prints {@code ready} once its partitions are assigned and restored.
 */
public final class Peer {
  private static final int THREADS = 2;
  private static final long CACHE_BYTES_MAX = 64L << 20;
  private static final Duration CLOSE_MAX = Duration.ofSeconds(20);

  private Peer() {}

  public static void main(String[] arguments) {
    if (arguments.length != 6) {
      System.err.println("usage: peer.Peer BROKERS APPLICATION-ID RAW-TOPIC ALERT-TOPIC STATE-FOLDER TREES");
      System.exit(2);
    }
    KafkaStreams streams = new KafkaStreams(
        topology(arguments[2], arguments[3], Integer.parseInt(arguments[5])),
        settings(arguments[0], arguments[1], arguments[4]));
    streams.setStateListener((state, before) -> {
      if (state == KafkaStreams.State.RUNNING) System.out.println("ready");
      // Whoever started it shall see it end, and not wait for records.
      if (state == KafkaStreams.State.ERROR) Runtime.getRuntime().halt(1);
    });
    Runtime.getRuntime().addShutdownHook(new Thread(() -> streams.close(CLOSE_MAX)));
    streams.start();
  }

  private static Topology topology(String raw, String alerts, int trees) {
    return new Topology()
        .addSource("raw", Serdes.ByteArray().deserializer(), Serdes.ByteArray().deserializer(), raw)
        .addProcessor("score", () -> new ForestScorer(trees), "raw")
        // In memory, as the other side keeps its own; the cache writes one change a key and commit to the changelog.
        .addStateStore(
            Stores.keyValueStoreBuilder(
                    Stores.inMemoryKeyValueStore(ForestScorer.STORE), Serdes.String(), Serdes.ByteArray())
                .withCachingEnabled(),
            "score")
        .addSink("alerts", alerts, Serdes.String().serializer(), Serdes.ByteArray().serializer(), "score");
  }

  /** Everything else is Kafka's default; with exactly once that is a commit every 100 ms. */
  private static Properties settings(String brokers, String applicationId, String stateFolder) {
    Properties settings = new Properties();
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId);
    settings.put(StreamsConfig.STATE_DIR_CONFIG, stateFolder);
    settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, THREADS);
    settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, CACHE_BYTES_MAX);
    settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
    return settings;
  }
}
