package io.keyward.loadtest;

import java.io.IOException;
import java.time.Duration;
import org.HdrHistogram.Histogram;

/** Puts one workload on one server: stores what the requests need, sends them, measures. */
final class Trial {
  private static final int FILL_CONNECTIONS = 8;
  private static final int FILL_BATCH_BYTES = 64 * 1024;
  private static final int FILL_MAX_PIPELINE = 64;
  private static final int LIST_PUSH_BYTES = 16 * 1024;
  private static final long MIN_SEGMENT_NANOS = 20_000_000;
  private static final Duration SETTLE = Duration.ofMillis(5);

  private final RunningServer server;
  private final Workload workload;
  private final int size;
  private final int clients;
  private final int keyspace;
  private long seed;

  Trial(RunningServer server, Workload workload, int size, int clients, int keyspace) {
    this.server = server;
    this.workload = workload;
    this.size = size;
    this.clients = clients;
    this.keyspace = keyspace;
  }

  /** Empties the server and stores what the requests are to find. */
  void prepare() throws IOException, InterruptedException {
    try (ControlConnection control = server.connect()) {
      control.call("FLUSHALL");
    }
    switch (workload.preparation()) {
      case ALL_KEYS -> fill(Workload.SET.template(size), keyspace, keyspace);
      case LIST_OF_100 -> fill(Workload.push(100, size), 1, 1);
      case EMPTY, EMPTY_LIST, FULL_LIST -> {}
    }
  }

  /**
   * Sends requests for the given time as fast as the server takes them. When the list under test is
   * too long or used up, it is made anew, which counts neither as time nor as work.
   */
  Measurement closedLoop(int pipeline, Duration duration) throws IOException, InterruptedException {
    Histogram latencies = null;
    long nanos = 0;
    CpuTimes cpu = CpuTimes.ZERO;
    try (LoadGenerator generator = generator(pipeline)) {
      long left = duration.toNanos();
      while (latencies == null || left > MIN_SEGMENT_NANOS) {
        renewList();
        CpuTimes before = CpuTimes.now(server);
        LoadResult result = generator.closedLoop(workload.requestsPerPreparation(size), left);
        cpu = cpu.plus(CpuTimes.now(server).minus(before));
        nanos += result.nanos();
        left -= result.nanos();
        if (latencies == null) {
          latencies = result.latencies();
        } else {
          latencies.add(result.latencies());
        }
      }
    } catch (ErrorReplyException e) {
      throw refused(e);
    }
    return new Measurement(nanos, cpu, latencies);
  }

  /** Sends requests at a fixed rate for the given time. */
  Measurement openLoop(double perSecond, Duration duration)
      throws IOException, InterruptedException {
    try (LoadGenerator generator = generator(1)) {
      CpuTimes before = CpuTimes.now(server);
      LoadResult result = generator.openLoop(perSecond, duration.toNanos());
      CpuTimes cpu = CpuTimes.now(server).minus(before);
      return new Measurement(result.nanos(), cpu, result.latencies());
    } catch (ErrorReplyException e) {
      throw refused(e);
    }
  }

  private LoadGenerator generator(int pipeline) throws IOException {
    return new LoadGenerator(
        server.address(),
        clients,
        workload.template(size),
        pipeline,
        KeyNumbers.random(keyspace, ++seed));
  }

  private void renewList() throws IOException, InterruptedException {
    switch (workload.preparation()) {
      case EMPTY_LIST -> deleteList();
      case FULL_LIST -> {
        deleteList();
        int elements = Math.clamp(LIST_PUSH_BYTES / Math.max(1, size), 1, 1000);
        long pushes = Math.ceilDiv(workload.requestsPerPreparation(size), elements);
        fill(Workload.push(elements, size), pushes, 1);
      }
      case EMPTY, ALL_KEYS, LIST_OF_100 -> {}
    }
  }

  private void deleteList() throws IOException {
    try (ControlConnection control = server.connect()) {
      control.call("DEL", Workload.LIST);
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

  private IllegalStateException refused(ErrorReplyException e) {
    return new IllegalStateException(
        server.name() + " answered " + workload + " with an error: " + e.getMessage(), e);
  }
}
