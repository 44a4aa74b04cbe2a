package io.keyward.loadtest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Sends one kind of request over many connections from the calling thread and records what the
 * replies took. It must cost less per request than the server, or it measures itself.
 *
 * <p>{@link #closedLoop} sends the next pipeline when the replies of the last have come: it finds
 * the highest throughput. {@link #openLoop} sends at a fixed rate and counts latency from the
 * instant a request was due: it finds what users feel at that rate.
 */
final class LoadGenerator implements AutoCloseable {
  private static final int SCRATCH_BYTES = 256 * 1024;
  private static final long SILENCE_MILLIS = 30_000;

  /** A server that takes this many times longer than requests arrive does not carry the rate. */
  private static final int MOST_OVERRUN = 5;

  private final Selector selector = Selector.open();
  private final ByteBuffer scratch = ByteBuffer.allocateDirect(SCRATCH_BYTES);
  private final List<LoadConnection> connections = new ArrayList<>();
  private final List<Subscription> subscriptions = new ArrayList<>();
  private final ArrayDeque<LoadConnection> idle = new ArrayDeque<>();
  private final KeyNumbers numbers;
  private final int pipeline;

  private Histogram latencies = newHistogram();
  private @Nullable Samples samples;
  private long answered;
  private boolean closedLoop;
  private long deadline;
  private long unsent;
  private long inFlight;
  private long lastReply;

  LoadGenerator(
      InetSocketAddress address,
      int connectionCount,
      RequestTemplate template,
      int pipeline,
      KeyNumbers numbers)
      throws IOException {
    this(address, connectionCount, any -> "", template, pipeline, numbers);
  }

  /**
   * Connections that log in first, each by a line of its own.
   *
   * @param logins the line for the connection of a number, with its end; empty for none
   */
  LoadGenerator(
      InetSocketAddress address,
      int connectionCount,
      IntFunction<String> logins,
      RequestTemplate template,
      int pipeline,
      KeyNumbers numbers)
      throws IOException {
    this.numbers = numbers;
    this.pipeline = pipeline;
    try {
      for (int i = 0; i < connectionCount; i++) {
        RequestBatch batch = new RequestBatch(template, pipeline);
        connections.add(new LoadConnection(address, selector, batch, logins.apply(i)));
      }
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  /** Lets so many connections listen to a channel from now on; what they hear is thrown away. */
  void listen(InetSocketAddress address, String channel, int listeners) throws IOException {
    for (int i = 0; i < listeners; i++) {
      subscriptions.add(Subscription.open(address, selector, channel));
    }
  }

  /**
   * Keeps a pipeline under way on every connection until the time is over or the requests are sent,
   * and waits for the last reply.
   */
  LoadResult closedLoop(long maxRequests, long maxNanos) throws IOException {
    begin(true);
    long start = System.nanoTime();
    deadline = start + maxNanos;
    unsent = maxRequests;
    for (LoadConnection connection : connections) {
      sendNext(connection, System.nanoTime());
    }
    while (inFlight > 0) {
      if (selector.select(this::serve, SILENCE_MILLIS) == 0) {
        throw silence();
      }
    }
    return result(start);
  }

  /**
   * Sends one request at each arrival of the clock, on the connection that has been idle longest;
   * when all are busy, requests wait and their latency grows. Spins between arrivals, so that
   * waking up adds nothing to the latency.
   */
  LoadResult openLoop(double perSecond, long nanos) throws IOException {
    begin(false);
    return openLoopAsBegun(perSecond, nanos);
  }

  /**
   * As {@link #openLoop(double, long)}, but what the host has delayed is not among the latencies.
   */
  LoadResult openLoop(double perSecond, long nanos, HostWatch host) throws IOException {
    begin(false);
    Samples kept = new Samples();
    samples = kept;
    LoadResult all = openLoopAsBegun(perSecond, nanos);
    return new LoadResult(all.nanos(), all.requests(), host.calm(kept));
  }

  private LoadResult openLoopAsBegun(double perSecond, long nanos) throws IOException {
    idle.clear();
    idle.addAll(connections);
    long start = System.nanoTime();
    Pacer pacer = new Pacer(start, perSecond, nanos);
    lastReply = start;
    while (!pacer.exhausted() || inFlight > 0) {
      long now = System.nanoTime();
      if (now - start > MOST_OVERRUN * nanos) {
        throw new IOException("the server does not carry " + (long) perSecond + " requests/s");
      }
      while (pacer.due(now) && !idle.isEmpty()) {
        LoadConnection connection = idle.poll();
        inFlight++;
        connection.send(1, numbers, pacer.take());
      }
      if (selector.selectNow(this::serve) == 0
          && inFlight > 0
          && now - lastReply > TimeUnit.MILLISECONDS.toNanos(SILENCE_MILLIS)) {
        throw silence();
      }
    }
    return result(start);
  }

  @Override
  public void close() throws IOException {
    for (LoadConnection connection : connections) {
      connection.close();
    }
    for (Subscription subscription : subscriptions) {
      subscription.close();
    }
    selector.close();
  }

  private void begin(boolean closed) {
    closedLoop = closed;
    latencies = newHistogram();
    samples = null;
    answered = 0;
    inFlight = 0;
  }

  private void serve(SelectionKey key) {
    try {
      if (key.attachment() instanceof Subscription subscription) {
        subscription.receive(scratch);
        return;
      }
      LoadConnection connection = (LoadConnection) key.attachment();
      if (key.isWritable()) {
        connection.flush();
      }
      if (key.isReadable()) {
        receive(connection);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void receive(LoadConnection connection) throws IOException {
    int replies = connection.receive(scratch);
    if (replies == 0) {
      return;
    }
    long now = System.nanoTime();
    lastReply = now;
    answered += replies;
    Samples kept = samples;
    if (kept == null) {
      latencies.recordValueWithCount(now - connection.since(), replies);
    } else {
      kept.add(now, now - connection.since());
    }
    inFlight -= replies;
    if (connection.outstanding() == 0) {
      if (closedLoop) {
        sendNext(connection, now);
      } else {
        idle.add(connection);
      }
    }
  }

  private void sendNext(LoadConnection connection, long now) throws IOException {
    if (unsent > 0 && now - deadline < 0) {
      int requests = (int) Math.min(unsent, pipeline);
      unsent -= requests;
      inFlight += requests;
      connection.send(requests, numbers, now);
    }
  }

  private LoadResult result(long start) {
    long nulls = 0;
    for (LoadConnection connection : connections) {
      nulls += connection.nulls();
    }
    if (nulls > 0) {
      throw new IllegalStateException(
          nulls + " null replies to requests whose data had been stored before");
    }
    return new LoadResult(lastReply - start, answered, latencies);
  }

  private IOException silence() {
    return new IOException(
        "no reply for " + SILENCE_MILLIS / 1000 + " s, " + inFlight + " requests in flight");
  }

  static Histogram newHistogram() {
    return new Histogram(TimeUnit.HOURS.toNanos(1), 3);
  }
}
