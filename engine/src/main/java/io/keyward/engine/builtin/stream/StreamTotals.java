package io.keyward.engine.builtin.stream;

import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.CommonFigure;

/** How many streams and entries a keyspace has; touched on its home loop alone. */
public final class StreamTotals implements CommonFigure {
  private long streams;
  private long entries;

  private StreamTotals() {}

  static StreamTotals of(BuiltinKeyspace keyspace) {
    return keyspace.attachments().get(StreamTotals.class, made -> new StreamTotals());
  }

  void add(long moreStreams, long moreEntries) {
    streams += moreStreams;
    entries += moreEntries;
  }

  @Override
  public void addTo(BuiltinKeyspace heir) {
    of(heir).add(streams, entries);
  }

  public long streams() {
    return streams;
  }

  /** Entries of all streams. */
  public long entries() {
    return entries;
  }
}
