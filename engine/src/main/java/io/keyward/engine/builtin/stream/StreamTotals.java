package io.keyward.engine.builtin.stream;

import io.keyward.engine.builtin.BuiltinKeyspace;

/** How many streams and entries a keyspace has; touched on its home loop alone. */
public final class StreamTotals {
  private long streams;
  private long entries;

  private StreamTotals() {}

  static StreamTotals of(BuiltinKeyspace keyspace) {
    return keyspace.attachment(StreamTotals.class, made -> new StreamTotals());
  }

  void add(int moreStreams, long moreEntries) {
    streams += moreStreams;
    entries += moreEntries;
  }

  public long streams() {
    return streams;
  }

  /** Entries of all streams. */
  public long entries() {
    return entries;
  }
}
