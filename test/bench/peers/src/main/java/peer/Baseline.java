package peer;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.format.DateTimeParseException;

/**
 * What one identity has done so far, in {@value #BYTES} bytes that are the value in the store: nothing is decoded to read it
 * or encoded to keep it. A field's values are counted in {@value #SLOTS} slots by their hash, so two values may share one.
 */
final class Baseline {
  /** Numbers {@link #features} gives for an event. */
  static final int FEATURES = 32;

  private static final int SLOTS = 64;
  private static final int FIELDS = 7;
  private static final int HOURS = 24;

  /** Offsets: time of the newest event, events so far, the three fading counts, hours of the day, fields. */
  private static final int NEWEST_MS = 0;
  private static final int EVENTS = 8;
  private static final int RECENT = 12;
  private static final int RECENT_ERRORS = 16;
  private static final int RECENT_NEWS = 20;
  private static final int BY_HOUR = 24;
  private static final int BY_VALUE = BY_HOUR + HOURS * Short.BYTES;
  static final int BYTES = BY_VALUE + FIELDS * SLOTS * Short.BYTES;

  private static final double FADING_MS = 3_600_000;
  private static final double MS_PER_HOUR = 3_600_000;

  private final ByteBuffer bytes;

  /** @param kept what {@link #bytes} gave, or null for an identity not seen before */
  Baseline(byte[] kept) {
    // A copy, since the store's cache still holds the array.
    bytes = ByteBuffer.wrap(kept == null ? new byte[BYTES] : kept.clone());
  }

  byte[] bytes() {
    return bytes.array();
  }

  /**
   * Describes an event by what came before it, then counts it.
   *
   * <p>For each field: how often this value was seen, how surprising it is, and how many values there are. Then the hour of
   * the day, how much there has been, how much of late, and what the event is. Counts enter as logarithms, so that no
   * number's range dwarfs the others': the forest cuts by range.
   *
   * @throws DateTimeParseException where the event has no time; nothing is counted then
   */
  float[] features(CloudTrailRecord event) {
    float[] features = new float[FEATURES];
    int events = bytes.getInt(EVENTS);
    String address = orEmpty(event.sourceIPAddress());
    String service = orEmpty(event.eventSource());
    boolean failed = event.errorCode() != null;
    int[] hashes = {
      service.hashCode(),
      31 * service.hashCode() + orEmpty(event.eventName()).hashCode(),
      address.hashCode(),
      network(address).hashCode(),
      orEmpty(event.userAgent()).hashCode(),
      orEmpty(event.awsRegion()).hashCode(),
      orEmpty(event.errorCode()).hashCode(),
    };
    int at = 0;
    int news = 0;
    for (int field = 0; field < FIELDS; field++) {
      int count = count(field, slot(hashes[field]));
      if (count == 0) news++;
      features[at++] = (float) Math.log1p(count);
      features[at++] = (float) -Math.log((count + 0.5) / (events + 1.0));
      features[at++] = (float) Math.log1p(distinct(field));
    }
    long ms = Instant.parse(orEmpty(event.eventTime())).toEpochMilli();
    int hour = (int) Math.floorMod(ms / (long) MS_PER_HOUR, (long) HOURS);
    double angle = 2 * Math.PI * (ms % (HOURS * MS_PER_HOUR)) / (HOURS * MS_PER_HOUR);
    int inHour = bytes.getShort(BY_HOUR + hour * Short.BYTES);
    long gapMs = events == 0 ? 0 : Math.max(0, ms - bytes.getLong(NEWEST_MS));
    fade(gapMs);
    features[at++] = (float) Math.sin(angle);
    features[at++] = (float) Math.cos(angle);
    features[at++] = (float) Math.log1p(inHour);
    features[at++] = (float) -Math.log((inHour + 0.5) / (events + 1.0));
    features[at++] = (float) Math.log1p(events);
    features[at++] = (float) Math.log1p(gapMs / 1000.0);
    features[at++] = (float) Math.log1p(bytes.getFloat(RECENT));
    features[at++] = (float) Math.log1p(bytes.getFloat(RECENT_ERRORS));
    features[at++] = (float) Math.log1p(bytes.getFloat(RECENT_NEWS));
    features[at++] = event.readOnly() ? 0 : 1;
    features[at++] = failed ? 1 : 0;
    learn(hashes, ms, hour, failed, news);
    return features;
  }

  private void learn(int[] hashes, long ms, int hour, boolean failed, int news) {
    for (int field = 0; field < FIELDS; field++) increment(offset(field, slot(hashes[field])));
    increment(BY_HOUR + hour * Short.BYTES);
    bytes.putInt(EVENTS, bytes.getInt(EVENTS) + 1);
    bytes.putLong(NEWEST_MS, Math.max(ms, bytes.getLong(NEWEST_MS)));
    bytes.putFloat(RECENT, bytes.getFloat(RECENT) + 1);
    bytes.putFloat(RECENT_ERRORS, bytes.getFloat(RECENT_ERRORS) + (failed ? 1 : 0));
    bytes.putFloat(RECENT_NEWS, bytes.getFloat(RECENT_NEWS) + news);
  }

  /** Lets the counts of the last hour fade by the time since the event before. */
  private void fade(long gapMs) {
    float kept = (float) Math.exp(-gapMs / FADING_MS);
    for (int count = RECENT; count <= RECENT_NEWS; count += Float.BYTES) {
      bytes.putFloat(count, bytes.getFloat(count) * kept);
    }
  }

  /** Adds one; at the most a counter holds, all of them are halved. */
  private void increment(int offset) {
    if (bytes.getShort(offset) == Short.MAX_VALUE) {
      for (int at = BY_HOUR; at < BYTES; at += Short.BYTES) bytes.putShort(at, (short) (bytes.getShort(at) / 2));
      bytes.putInt(EVENTS, bytes.getInt(EVENTS) / 2);
    }
    bytes.putShort(offset, (short) (bytes.getShort(offset) + 1));
  }

  private int count(int field, int slot) {
    return bytes.getShort(offset(field, slot));
  }

  private int distinct(int field) {
    int distinct = 0;
    for (int slot = 0; slot < SLOTS; slot++) if (count(field, slot) != 0) distinct++;
    return distinct;
  }

  private static int offset(int field, int slot) {
    return BY_VALUE + (field * SLOTS + slot) * Short.BYTES;
  }

  /** Java's hash of a string says little in its low bits alone. */
  private static int slot(int hash) {
    return (hash ^ (hash >>> 6) ^ (hash >>> 12) ^ (hash >>> 18)) & (SLOTS - 1);
  }

  /** The first two numbers of an IPv4 address; whatever stands before the second dot of anything else. */
  private static String network(String address) {
    int dot = address.indexOf('.', address.indexOf('.') + 1);
    return dot < 0 ? address : address.substring(0, dot);
  }

  private static String orEmpty(String value) {
    return value == null ? "" : value;
  }
}
