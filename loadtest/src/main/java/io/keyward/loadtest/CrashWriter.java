package io.keyward.loadtest;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** A client that writes, one command after the other, until the server is gone. */
final class CrashWriter {
  private static final String PAIR =
      "redis.call('INCR', KEYS[1]) return redis.call('INCR', KEYS[2])";

  private final int number;
  private final List<AcknowledgedCounter> counters = new ArrayList<>();
  private final AcknowledgedCounter one;
  private final AcknowledgedCounter other;
  private final SplittableRandom random;

  CrashWriter(int number, SplittableRandom random) {
    this.number = number;
    this.random = random;
    String n = Integer.toString(number);
    counters.add(counter("string", List.of("INCR", "c:" + n), List.of("GET", "c:" + n)));
    counters.add(counter("list", List.of("RPUSH", "l:" + n, "x"), List.of("LLEN", "l:" + n)));
    counters.add(
        counter("hash", List.of("HINCRBY", "h:" + n, "f", "1"), List.of("HGET", "h:" + n, "f")));
    counters.add(
        counter("stream", List.of("XADD", "x:" + n, "*", "f", "v"), List.of("XLEN", "x:" + n)));
    counters.add(
        counter(
            "script",
            List.of("EVAL", "return redis.call('INCR', KEYS[1])", "1", "s:" + n),
            List.of("GET", "s:" + n)));
    one = counter("pair", List.of(), List.of("GET", "t1:" + n));
    other = counter("pair", List.of(), List.of("GET", "t2:" + n));
  }

  private static AcknowledgedCounter counter(String name, List<String> write, List<String> read) {
    return new AcknowledgedCounter(name, write, read);
  }

  private List<AcknowledgedCounter> all() {
    List<AcknowledgedCounter> all = new ArrayList<>(counters);
    all.add(one);
    all.add(other);
    return all;
  }

  /** Reads what is there. */
  void begin(InetSocketAddress address) throws IOException {
    try (ControlConnection connection = new ControlConnection(address)) {
      for (AcknowledgedCounter counter : all()) {
        counter.begin(connection);
      }
    }
  }

  /** Writes until the connection breaks. */
  void run(InetSocketAddress address) {
    try (ControlConnection connection = new ControlConnection(address)) {
      while (true) {
        int choice = random.nextInt(counters.size() + 1);
        if (choice < counters.size()) {
          counters.get(choice).add(connection);
        } else {
          pair(connection);
        }
      }
    } catch (IOException gone) {
      // The server has been killed, as it should.
    }
  }

  /** Two writes that are one: after a restart there are both or none. */
  private void pair(ControlConnection connection) throws IOException {
    one.sends();
    other.sends();
    connection.call("EVAL", PAIR, "2", "t1:" + number, "t2:" + number);
    one.acknowledge();
    other.acknowledge();
  }

  /** What is wrong with the data after a restart: a line each. */
  List<String> check(InetSocketAddress address, long nanoTime) throws IOException {
    List<String> wrong = new ArrayList<>();
    try (ControlConnection connection = new ControlConnection(address)) {
      for (AcknowledgedCounter counter : all()) {
        String what = counter.check(connection, nanoTime);
        if (!what.isEmpty()) {
          wrong.add(what);
        }
      }
      if (one.present(connection) != other.present(connection)) {
        wrong.add("what belongs together has been done in part");
      }
    }
    return wrong;
  }
}
