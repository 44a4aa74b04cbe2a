package io.keyward.loadtest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Notices when the host of a virtual machine takes a processor away, so that what the host does is
 * not counted as a server's latency.
 *
 * <p>On each processor a thread wakes up twice in a millisecond, and comes before every other one
 * there (SCHED_FIFO of sched(7)): nothing that a server does keeps it waiting, so if it is late the
 * processor was not there. Requests that were under way meanwhile, or while it was made up for, are
 * left out, of each server alike.
 */
final class HostWatch implements AutoCloseable {
  private static final long PERIOD_NANOS = 500_000;

  /** A processor that wakes up from its sleep may take this long by itself. */
  private static final long LATE_NANOS = 300_000;

  /** What waited meanwhile has been done by then, besides as much time as was taken. */
  private static final long SETTLING_NANOS = 1_000_000;

  /** Of more than this share left out, what is left tells little. */
  private static final double QUIET = 0.1;

  private final List<Thread> watchers = new ArrayList<>();
  private final List<Stall> stalls = new ArrayList<>();
  private volatile boolean over;
  private volatile @Nullable IOException unable;
  private long requests;
  private long leftOut;

  /** When a processor was not there, on the clock of {@link System#nanoTime}. */
  record Stall(long from, long until) {
    /** Whether a request that was under way in this time may have waited for it. */
    boolean delayed(long sent, long answered) {
      return answered - from > 0 && sent - (until + (until - from) + SETTLING_NANOS) < 0;
    }
  }

  private HostWatch() {}

  /**
   * Begins to watch.
   *
   * @param cpus processors, or lists of them, as taskset(1) takes them
   */
  static HostWatch of(List<String> cpus) {
    HostWatch watch = new HostWatch();
    for (String cpu : cpus) {
      watch.watchers.add(
          Thread.ofPlatform().daemon().name("host-watch-" + cpu).start(() -> watch.watch(cpu)));
    }
    return watch;
  }

  private void watch(String cpu) {
    try {
      String own = Files.readSymbolicLink(Path.of("/proc/thread-self")).getFileName().toString();
      run("taskset", "-c", "-p", cpu, own);
      run("chrt", "-f", "-p", "1", own);
    } catch (IOException refused) {
      unable = refused;
      return;
    }
    while (!over) {
      long due = System.nanoTime() + PERIOD_NANOS;
      LockSupport.parkNanos(PERIOD_NANOS);
      long now = System.nanoTime();
      if (now - due > LATE_NANOS) {
        add(new Stall(due, now));
      }
    }
  }

  private static void run(String... command) throws IOException {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (process.waitFor() != 0) {
        throw new IOException(said);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", interrupted);
    }
  }

  synchronized void add(Stall stall) {
    stalls.add(stall);
  }

  /** The latencies of those requests that the host has not delayed. */
  synchronized Histogram calm(Samples samples) {
    Histogram calm = LoadGenerator.newHistogram();
    samples.forEach(
        (answered, latency) -> {
          requests++;
          if (delayed(answered - latency, answered)) {
            leftOut++;
          } else {
            calm.recordValue(latency);
          }
        });
    return calm;
  }

  private boolean delayed(long sent, long answered) {
    for (int i = stalls.size() - 1; i >= 0; i--) {
      Stall stall = stalls.get(i);
      if (stall.delayed(sent, answered)) {
        return true;
      }
    }
    return false;
  }

  /** What is to be said of it below the figures. */
  synchronized String note() {
    IOException reason = unable;
    if (reason != null) {
      return "The host was not watched, which takes root, taskset and chrt: " + reason.getMessage();
    }
    double share = (double) leftOut / Math.max(1, requests);
    return String.format(
        "Not counted, as the host had taken a processor away: %.1f %% of the requests%s",
        100 * share, share > QUIET ? ": measure again on a quieter machine" : "");
  }

  @Override
  public void close() {
    over = true;
  }
}
