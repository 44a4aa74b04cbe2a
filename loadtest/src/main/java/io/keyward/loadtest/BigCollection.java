package io.keyward.loadtest;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/** One big value beside the keys of a deployment that is cloned, and how it is changed. */
enum BigCollection {
  hash(List.of("HSET", "big", "field:" + RequestTemplate.SLOT, "some value")),
  set(List.of("SADD", "big", "member:" + RequestTemplate.SLOT)),
  zset(List.of("ZADD", "big", RequestTemplate.SLOT, "member:" + RequestTemplate.SLOT)),
  list(List.of("RPUSH", "big", "an element of some thirty bytes " + RequestTemplate.SLOT)),
  stream(List.of("XADD", "big", "*", "field", "value " + RequestTemplate.SLOT)),
  string(List.of("APPEND", "big", "sixteen bytes, " + RequestTemplate.SLOT));

  private static final int FIRST_CHANGE = 99_000_000;

  private final List<String> words;

  BigCollection(List<String> words) {
    this.words = words;
  }

  /** Adds so many members, elements or pieces. */
  void fill(InetSocketAddress address, int members) throws IOException, InterruptedException {
    RequestTemplate template = RequestTemplate.of(words);
    try (LoadGenerator filling =
        new LoadGenerator(address, 8, template, 64, KeyNumbers.sequential(members))) {
      filling.closedLoop(members, Duration.ofHours(1).toNanos());
    }
  }

  /**
   * Adds one more.
   *
   * @param number which one of those that are new
   * @return the nanoseconds from the request to the answer
   */
  long change(ControlConnection connection, int number) throws IOException {
    String digits = "%012d".formatted(FIRST_CHANGE + number);
    String[] change =
        words.stream()
            .map(word -> word.replace(RequestTemplate.SLOT, digits))
            .toArray(String[]::new);
    long sent = System.nanoTime();
    String _ = connection.call(change);
    return System.nanoTime() - sent;
  }
}
