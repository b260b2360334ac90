package peer;

import com.amazon.randomcutforest.RandomCutForest;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.format.DateTimeParseException;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Scores every record of a partition with one forest, as Amazon's <a
 * href="https://docs.aws.amazon.com/kinesisanalytics/latest/sqlref/sqlrf-random-cut-forest.html">RANDOM_CUT_FOREST</a> over a
 * stream does, with its default of samples. As there, the forest starts anew with the application; what identities did is kept in
 * the store.
 */
final class ForestScorer implements Processor<byte[], byte[], String, byte[]> {
  static final String STORE = "baselines";

  private static final int SAMPLES_PER_TREE = 256;
  /** Scores beyond so many standard deviations over the mean count as anomalous, by the practice SageMaker's page names. */
  private static final double DEVIATIONS = 3;
  /** Weight of the newest score in the running mean and variance. */
  private static final double NEWEST_SHARE = 1.0 / 10_000;

  private static final ObjectWriter WRITER = JsonMapper.builder().build().writerFor(Alert.class);

  /** What is written for an anomalous event. */
  record Alert(String identity, String eventID, String eventTime, String eventName, double score, double mean) {}

  private final RandomCutForest forest;
  private ProcessorContext<String, byte[]> context;
  private KeyValueStore<String, byte[]> baselines;
  private long scored;
  private double mean;
  private double variance;

  ForestScorer(int trees) {
    forest = RandomCutForest.builder()
        .dimensions(Baseline.FEATURES)
        .numberOfTrees(trees)
        .sampleSize(SAMPLES_PER_TREE)
        .outputAfter(SAMPLES_PER_TREE)
        .parallelExecutionEnabled(false)
        .build();
  }

  @Override
  public void init(ProcessorContext<String, byte[]> context) {
    this.context = context;
    baselines = context.getStateStore(STORE);
  }

  @Override
  public void process(Record<byte[], byte[]> raw) {
    if (raw.value() == null) return;
    CloudTrailRecord event;
    String identity;
    float[] features;
    try {
      event = CloudTrailRecord.parse(raw.value());
      identity = event.identity();
      Baseline baseline = new Baseline(baselines.get(identity));
      features = baseline.features(event);
      baselines.put(identity, baseline.bytes());
    } catch (IOException | DateTimeParseException broken) {
      // Dropped: dead letters are among what this application does without.
      return;
    }
    double score = forest.getAnomalyScore(features);
    forest.update(features);
    // The forest answers zero until it has filled its samples.
    if (score > 0 && isAnomalous(score)) {
      context.forward(new Record<>(identity, alert(event, identity, score), raw.timestamp()));
    }
  }

  /** Judges a score by those before it, then counts it. */
  private boolean isAnomalous(double score) {
    boolean anomalous = scored >= SAMPLES_PER_TREE && score > mean + DEVIATIONS * Math.sqrt(variance);
    scored++;
    double share = Math.max(NEWEST_SHARE, 1.0 / scored);
    double step = score - mean;
    mean += share * step;
    variance = (1 - share) * (variance + share * step * step);
    return anomalous;
  }

  private byte[] alert(CloudTrailRecord event, String identity, double score) {
    try {
      return WRITER.writeValueAsBytes(
          new Alert(identity, event.eventID(), event.eventTime(), event.eventName(), score, mean));
    } catch (JsonProcessingException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }
}
