package io.keyward.loadtest;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** A server that has started on its files, with clients that set keys at a fixed rate. */
final class SnapshotTrial implements AutoCloseable {
  private static final RequestTemplate SET =
      RequestTemplate.of("SET", "key:" + RequestTemplate.SLOT, "v".repeat(32));
  private static final int CONNECTIONS = 50;
  private static final Duration POLL = Duration.ofMillis(20);

  private final SnapshotFiles files;
  private final int rate;
  private final Duration turn;
  private final HostWatch host;
  private final RunningServer server;
  private final ControlConnection control;

  /** The same all along: the first request of a new connection waits until it is let in. */
  private final LoadGenerator clients;

  private final double startSeconds;
  private final List<Histogram> before = new ArrayList<>();
  private final List<Histogram> during = new ArrayList<>();
  private final List<Double> saves = new ArrayList<>();

  /**
   * Fills a server and starts it again on its files, with all processors; then once more on those
   * where it is measured.
   *
   * @param rate requests a second
   * @param turn length of a measurement
   * @param all every processor, as taskset lists them
   * @param cpus where it is measured; null for all
   * @param host says which requests do not count
   */
  SnapshotTrial(
      ServerCommand command,
      SnapshotFiles files,
      int keys,
      int rate,
      Duration turn,
      String all,
      @Nullable String cpus,
      HostWatch host)
      throws IOException, InterruptedException {
    this.files = files;
    this.rate = rate;
    this.turn = turn;
    this.host = host;
    RunningServer filled = RunningServer.start(command, 0, all);
    try (ControlConnection filling = filled.connect()) {
      Stock.store(filled, SET, keys, KeyNumbers.sequential(keys));
      if (files == SnapshotFiles.rdb) {
        filling.call("SAVE");
      }
    } catch (IOException | RuntimeException failed) {
      filled.close();
      throw failed;
    }
    RunningServer started = filled.restart(all);
    startSeconds = started.startNanos() / 1e9;
    server = started.restart(cpus);
    try {
      control = server.connect();
      clients =
          new LoadGenerator(server.address(), CONNECTIONS, SET, 1, KeyNumbers.random(keys, 1));
    } catch (IOException | RuntimeException failed) {
      server.close();
      throw failed;
    }
  }

  String name() {
    return server.name();
  }

  /**
   * Load that does not count, and a snapshot in it: a JVM compiles what is used, and changes while
   * a snapshot is written go another way than others.
   */
  void warmUp(Duration time) throws IOException, InterruptedException {
    var _ = load(time.dividedBy(2));
    call(files.command);
    var _ = load(time.dividedBy(2));
    var _ = awaitEnd();
  }

  /** One turn in peace and one that begins with a snapshot. */
  void round() throws IOException, InterruptedException {
    var _ = load(turn.dividedBy(5));
    before.add(load(turn));
    call(files.command);
    during.add(load(turn));
    String seconds = ControlConnection.infoField(awaitEnd(), files.took);
    saves.add(seconds == null ? Double.NaN : Double.parseDouble(seconds));
  }

  private Histogram load(Duration time) throws IOException {
    return clients.openLoop(rate, time.toNanos(), host).latencies();
  }

  private void call(String command) throws IOException {
    try {
      control.call(command);
    } catch (ErrorReplyException refused) {
      throw new IllegalStateException(server.name() + ": " + refused.getMessage(), refused);
    }
  }

  /** Waits for the end of the snapshot; returns what INFO says then. */
  private String awaitEnd() throws IOException, InterruptedException {
    String info = control.call("INFO", "persistence");
    while (!"0".equals(ControlConnection.infoField(info, files.running))) {
      Thread.sleep(POLL);
      info = control.call("INFO", "persistence");
    }
    return info;
  }

  /** Latency in microseconds of a percentile, the median over the rounds. */
  double beforeMicros(double percentile) {
    return micros(before, percentile);
  }

  /** As {@link #beforeMicros}, of the turns that began with a snapshot. */
  double duringMicros(double percentile) {
    return micros(during, percentile);
  }

  private static double micros(List<Histogram> turns, double percentile) {
    return Figures.median(turns, turn -> turn.getValueAtPercentile(percentile)) / 1e3;
  }

  /** What a snapshot took, the median over the rounds. */
  double saveSeconds() {
    return Figures.median(saves, Double::doubleValue);
  }

  /** From starting the process to its first PONG, with all keys loaded. */
  double startSeconds() {
    return startSeconds;
  }

  @Override
  public void close() throws IOException {
    try (server;
        control) {
      clients.close();
    }
  }
}
