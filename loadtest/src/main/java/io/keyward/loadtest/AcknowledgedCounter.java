package io.keyward.loadtest;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;

/**
 * Something in a server that counts up by one with each write of one client, and what the server
 * has acknowledged of it.
 */
final class AcknowledgedCounter {
  private static final long KEPT_NANOS = 3_000_000_000L;

  private record Acknowledgement(long nanoTime, long value) {}

  private final String name;
  private final List<String> write;
  private final List<String> read;
  private final ArrayDeque<Acknowledgement> acknowledged = new ArrayDeque<>();
  private long older;
  private long sent;

  /**
   * A counter of this name.
   *
   * @param write adds one
   * @param read returns the present count
   */
  AcknowledgedCounter(String name, List<String> write, List<String> read) {
    this.name = name;
    this.write = write;
    this.read = read;
  }

  /** Takes what the server holds as what has been acknowledged. */
  void begin(ControlConnection connection) throws IOException {
    older = present(connection);
    sent = older;
    acknowledged.clear();
  }

  /** What the server holds. */
  long present(ControlConnection connection) throws IOException {
    String text = connection.call(read.toArray(String[]::new));
    return text.isEmpty() ? 0 : Long.parseLong(text);
  }

  /** Adds one; notes it if the server acknowledges it. */
  void add(ControlConnection connection) throws IOException {
    sent++;
    connection.call(write.toArray(String[]::new));
    acknowledge();
  }

  /** Says that a write is on its way. */
  void sends() {
    sent++;
  }

  /** Says that the last write has been acknowledged. */
  void acknowledge() {
    long now = System.nanoTime();
    acknowledged.add(new Acknowledgement(now, sent));
    while (now - acknowledged.element().nanoTime() > KEPT_NANOS) {
      older = acknowledged.remove().value();
    }
  }

  /**
   * Looks whether the server still has what it has acknowledged up to a time.
   *
   * @param nanoTime on the clock of {@link System#nanoTime()}
   * @return what is wrong, or an empty text
   */
  String check(ControlConnection connection, long nanoTime) throws IOException {
    long found = present(connection);
    long least = older;
    for (Acknowledgement each : acknowledged) {
      if (each.nanoTime() <= nanoTime) {
        least = each.value();
      }
    }
    if (found < least) {
      return "%s: %d acknowledged writes are missing (%d of %d)"
          .formatted(name, least - found, found, least);
    }
    return found > sent
        ? "%s: %d writes more than were ever sent".formatted(name, found - sent)
        : "";
  }
}
