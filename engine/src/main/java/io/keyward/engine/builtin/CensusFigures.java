package io.keyward.engine.builtin;

/**
 * What the data of a keyspace, or of several, is made of. It does not change once a {@link Census}
 * has handed it out.
 */
public final class CensusFigures {
  /** What there is of an empty keyspace. */
  public static final CensusFigures NONE = new CensusFigures();

  /** A stream is live if something was added to it within so long. */
  public static final long LIVE_MILLIS = 60_000;

  /** An id before September 2001 is a number that the application has chosen, not a time. */
  static final long EARLIEST_TIME = 1_000_000_000_000L;

  private final long[] keys = new long[Type.values().length];
  private final long[] bytes = new long[Type.values().length];
  private long liveStreams;
  private long oldestMillis;
  private long longestStream;

  /** Nothing counted yet. */
  CensusFigures() {}

  /** Counts one key. */
  void count(Type type, long itsBytes) {
    keys[type.ordinal()]++;
    bytes[type.ordinal()] += itsBytes;
  }

  /** Counts what is told of a stream beyond its key. */
  void count(Timeline stream, long now) {
    liveStreams += now - stream.newestMillis() <= LIVE_MILLIS ? 1 : 0;
    longestStream = Math.max(longestStream, stream.entries());
    if (stream.oldestMillis() >= EARLIEST_TIME) {
      oldestMillis = Math.max(oldestMillis, now - stream.oldestMillis());
    }
  }

  /** The figures of both together. */
  public CensusFigures plus(CensusFigures other) {
    CensusFigures sum = new CensusFigures();
    for (int i = 0; i < keys.length; i++) {
      sum.keys[i] = keys[i] + other.keys[i];
      sum.bytes[i] = bytes[i] + other.bytes[i];
    }
    sum.liveStreams = liveStreams + other.liveStreams;
    sum.oldestMillis = Math.max(oldestMillis, other.oldestMillis);
    sum.longestStream = Math.max(longestStream, other.longestStream);
    return sum;
  }

  /** The keys of a type. */
  public long keys(Type type) {
    return keys[type.ordinal()];
  }

  /** Bytes that keys and values of a type take. */
  public long bytes(Type type) {
    return bytes[type.ordinal()];
  }

  /** Streams to which something was added within {@link #LIVE_MILLIS} before the count. */
  public long liveStreams() {
    return liveStreams;
  }

  /** The age of the oldest entry of all streams in milliseconds, as far as ids are times. */
  public long oldestMillis() {
    return oldestMillis;
  }

  /** The entries of the stream that has most. */
  public long longestStream() {
    return longestStream;
  }
}
