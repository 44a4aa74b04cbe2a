package io.keyward.loadtest;

import java.io.IOException;
import java.time.Duration;
import org.HdrHistogram.Histogram;

/** Puts one workload on one server: stores what the requests need, sends them, measures. */
final class Trial {
  private static final long MIN_SEGMENT_NANOS = 20_000_000;

  private final RunningServer server;
  private final Workload workload;
  private final int size;
  private final int clients;
  private final int keyspace;
  private final Stock stock;
  private long seed;

  Trial(RunningServer server, Workload workload, int size, int clients, int keyspace) {
    this.server = server;
    this.workload = workload;
    this.size = size;
    this.clients = clients;
    this.keyspace = keyspace;
    stock = new Stock(server, workload, size, keyspace);
  }

  /** Empties the server and stores what the requests are to find. */
  void prepare() throws IOException, InterruptedException {
    stock.prepare();
  }

  /**
   * Sends requests for the given time as fast as the server takes them. When what is under test is
   * too big or used up, it is made anew, which counts neither as time nor as work.
   */
  Measurement closedLoop(int pipeline, Duration duration) throws IOException, InterruptedException {
    Histogram latencies = null;
    long nanos = 0;
    long requests = 0;
    CpuTimes cpu = CpuTimes.ZERO;
    try (LoadGenerator generator = generator(pipeline)) {
      long left = duration.toNanos();
      while (latencies == null || left > MIN_SEGMENT_NANOS) {
        stock.renew();
        CpuTimes before = CpuTimes.now(server);
        LoadResult result = generator.closedLoop(workload.requestsPerPreparation(size), left);
        cpu = cpu.plus(CpuTimes.now(server).minus(before));
        nanos += result.nanos();
        requests += result.requests();
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
    return new Measurement(nanos, cpu, requests, latencies);
  }

  /** Sends requests at a fixed rate for the given time; those count that the host did not delay. */
  Measurement openLoop(double perSecond, Duration duration, HostWatch host)
      throws IOException, InterruptedException {
    try (LoadGenerator generator = generator(1)) {
      CpuTimes before = CpuTimes.now(server);
      LoadResult result = generator.openLoop(perSecond, duration.toNanos(), host);
      CpuTimes cpu = CpuTimes.now(server).minus(before);
      return new Measurement(result.nanos(), cpu, result.requests(), result.latencies());
    } catch (ErrorReplyException e) {
      throw refused(e);
    }
  }

  private LoadGenerator generator(int pipeline) throws IOException {
    LoadGenerator generator =
        new LoadGenerator(
            server.address(),
            clients,
            workload.template(size),
            pipeline,
            workload.numbers(keyspace, ++seed));
    try {
      generator.listen(server.address(), Workload.CHANNEL, workload.subscribers());
      return generator;
    } catch (IOException e) {
      generator.close();
      throw e;
    }
  }

  private IllegalStateException refused(ErrorReplyException e) {
    return new IllegalStateException(
        server.name() + " answered " + workload + " with an error: " + e.getMessage(), e);
  }
}
