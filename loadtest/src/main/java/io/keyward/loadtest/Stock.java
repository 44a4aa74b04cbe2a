package io.keyward.loadtest;

import java.io.IOException;
import java.time.Duration;

/** What a server holds for the requests of a workload: made before them, and anew when used up. */
final class Stock {
  /** Entries of the stream that a group reads which a turn may take; further ones lie before. */
  static final int ENTRIES_TO_READ = 200_000;

  /**
   * Entries that have been read before the first request: an acknowledgement may overtake requests
   * of other connections, but names an entry that has been read.
   */
  private static final int READ_BEFORE = 20_000;

  private static final int ITEMS_OF_A_CALL = 10_000;
  private static final int FILL_CONNECTIONS = 8;
  private static final int FILL_BATCH_BYTES = 64 * 1024;
  private static final int FILL_MAX_PIPELINE = 64;
  private static final int LIST_PUSH_BYTES = 16 * 1024;
  private static final Duration SETTLE = Duration.ofMillis(5);

  private static final String ADD_ENTRIES =
      """
      for i = tonumber(ARGV[1]), tonumber(ARGV[2]) do
        redis.call('XADD', KEYS[1], i .. '-1', 'event', ARGV[3])
      end
      return 1
      """;

  private static final String BEGIN_TO_READ =
      """
      redis.call('XGROUP', 'DESTROY', KEYS[1], 'readers')
      redis.call('XGROUP', 'CREATE', KEYS[1], 'readers', 0)
      redis.call('XREADGROUP', 'GROUP', 'readers', 'one', 'COUNT', ARGV[1], 'STREAMS', KEYS[1], '>')
      return 1
      """;

  /** Places at random, the same each time, in a square of two degrees. */
  private static final String ADD_PLACES =
      """
      local drawn = tonumber(ARGV[1]) + 1
      local function draw()
        drawn = drawn * 16807 % 2147483647
        return drawn / 2147483647
      end
      draw()
      for i = tonumber(ARGV[1]), tonumber(ARGV[2]) do
        redis.call('GEOADD', KEYS[1], 12 + 2 * draw(), 51 + 2 * draw(), string.format('place:%012d', i))
      end
      return 1
      """;

  private final RunningServer server;
  private final Workload workload;
  private final int size;
  private final int keyspace;

  Stock(RunningServer server, Workload workload, int size, int keyspace) {
    this.server = server;
    this.workload = workload;
    this.size = size;
    this.keyspace = keyspace;
  }

  /** Empties the server and stores what the requests are to find. */
  void prepare() throws IOException, InterruptedException {
    call("FLUSHALL");
    switch (workload.preparation()) {
      case ALL_KEYS -> fill(Workload.SET.template(size), keyspace, keyspace);
      case LIST_OF_100 -> fill(Workload.push(100, size), 1, 1);
      case SCRIPT -> call("SCRIPT", "LOAD", Script.LIMITER.text());
      case STREAM_OF_100 -> fill(Workload.XADD.template(size), 100, 1);
      case GROUP -> add(ADD_ENTRIES, Workload.STREAM, ENTRIES_TO_READ + READ_BEFORE, Workload.TEXT);
      case PLACES -> add(ADD_PLACES, "myplaces", keyspace, "");
      case EMPTY, EMPTY_LIST, FULL_LIST, JOBS, EMPTY_STREAM -> {}
    }
  }

  /** Makes anew what requests take away or let grow; nothing for most workloads. */
  void renew() throws IOException, InterruptedException {
    switch (workload.preparation()) {
      case EMPTY_LIST -> call("DEL", Workload.LIST);
      case EMPTY_STREAM -> call("DEL", Workload.STREAM);
      case FULL_LIST -> {
        call("DEL", Workload.LIST);
        int elements = Math.clamp(LIST_PUSH_BYTES / Math.max(1, size), 1, 1000);
        long pushes = Math.ceilDiv(workload.requestsPerPreparation(size), elements);
        fill(Workload.push(elements, size), pushes, 1);
      }
      case JOBS -> {
        call("FLUSHALL");
        String job =
            "stream:{" + RequestTemplate.SLOT + "}:job status running generation 1 owner a";
        int jobs = Math.min(keyspace, Workload.JOBS);
        fill(RequestTemplate.of(("HSET " + job).split(" ")), jobs, jobs);
      }
      case GROUP ->
          call("EVAL", BEGIN_TO_READ, "1", Workload.STREAM, Integer.toString(READ_BEFORE));
      case EMPTY, ALL_KEYS, LIST_OF_100, SCRIPT, STREAM_OF_100, PLACES -> {}
    }
  }

  private void call(String... words) throws IOException {
    try (ControlConnection control = server.connect()) {
      control.call(words);
    }
  }

  /** Lets a script add so many items, numbered from 0, some at a time. */
  private void add(String script, String key, int items, String text) throws IOException {
    try (ControlConnection control = server.connect()) {
      for (int first = 0; first < items; first += ITEMS_OF_A_CALL) {
        int last = Math.min(items, first + ITEMS_OF_A_CALL) - 1;
        control.call(
            "EVAL", script, "1", key, Integer.toString(first), Integer.toString(last), text);
      }
    }
  }

  private void fill(RequestTemplate template, long requests, int numbers)
      throws IOException, InterruptedException {
    store(server, template, requests, KeyNumbers.sequential(numbers));
  }

  /** Sends the requests once each, with numbers from 0 up, and lets the server come to rest. */
  static void store(
      RunningServer server, RequestTemplate template, long requests, KeyNumbers numbers)
      throws IOException, InterruptedException {
    int pipeline = Math.clamp(FILL_BATCH_BYTES / template.length(), 1, FILL_MAX_PIPELINE);
    try (LoadGenerator generator =
        new LoadGenerator(server.address(), FILL_CONNECTIONS, template, pipeline, numbers)) {
      generator.closedLoop(requests, Duration.ofHours(1).toNanos());
    } catch (ErrorReplyException e) {
      throw new IllegalStateException(
          server.name() + " refused data that it was to hold: " + e.getMessage(), e);
    }
    Thread.sleep(SETTLE);
  }
}
