package io.keyward.loadtest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/**
 * App instances that stream answers through one server and read them, from the calling thread.
 *
 * <p>A stream belongs to one instance, which sends its tokens; every instance's subscriber hears
 * the streams that its readers follow. Latency is the time from the instant at which a token was
 * due to the instant at which a reader has it, so it counts what a token waits before it is sent.
 */
final class ChatLoad implements AutoCloseable {
  private static final int SCRATCH_BYTES = 1 << 20;
  private static final int TOKENS_OF_AN_ANSWER = 400;
  private static final int BESIDE = -1;
  private static final long SILENCE = TimeUnit.SECONDS.toNanos(30);

  private final Selector selector = Selector.open();
  private final ByteBuffer scratch = ByteBuffer.allocateDirect(SCRATCH_BYTES);
  private final RunningServer server;
  private final ChatRequests requests;
  private final List<ChatConnection> writers = new ArrayList<>();
  private final List<ChatConnection> caches = new ArrayList<>();
  private final List<ReaderConnection> readers = new ArrayList<>();
  private final List<ChatRequests.Token> tokens = new ArrayList<>();
  private final int[] sent;
  private final int[] unanswered;
  private final int streams;
  private final int readersOfAStream;

  private Histogram latencies = newHistogram();
  private long read;
  private long written;
  private long lastReply;
  private int turn;
  private boolean closedLoop;
  private long deadline;

  /**
   * Connects the instances and stores what they will ask for.
   *
   * @param instances app processes, each with a connection to write, one for the cache and one that
   *     subscribes
   * @param readersOfAStream instances that follow each stream
   */
  ChatLoad(RunningServer server, int instances, int streams, int readersOfAStream)
      throws IOException {
    this.server = server;
    this.streams = streams;
    this.readersOfAStream = Math.min(readersOfAStream, instances);
    sent = new int[streams];
    unanswered = new int[streams];
    try (ControlConnection control = server.connect()) {
      control.call("FLUSHALL");
      control.call("SCRIPT", "LOAD", Script.LIMITER.text());
      requests = new ChatRequests();
    }
    for (int instance = 0; instance < instances; instance++) {
      writers.add(new ChatConnection(server.address(), selector));
      caches.add(new ChatConnection(server.address(), selector));
      int number = instance;
      List<String> followed =
          IntStream.range(0, streams)
              .filter(
                  stream ->
                      (number - stream % instances + instances) % instances < this.readersOfAStream)
              .mapToObj(ChatRequests::channel)
              .toList();
      readers.add(new ReaderConnection(server.address(), selector, followed, this::read));
    }
    for (int stream = 0; stream < streams; stream++) {
      tokens.add(requests.token(stream));
    }
    requests.stored().forEach(request -> caches.getFirst().add(request, BESIDE));
    begin();
    for (int stream = 0; stream < streams; stream++) {
      beginAnswer(stream);
    }
    settle();
  }

  /** Sends the next token of each stream as soon as its last one was answered. */
  ChatResult closedLoop(Duration duration) throws IOException {
    begin();
    closedLoop = true;
    CpuTimes before = CpuTimes.now(server);
    long start = System.nanoTime();
    deadline = start + duration.toNanos();
    for (int stream = 0; stream < streams; stream++) {
      sendToken(stream, start);
    }
    settle();
    return result(start, before);
  }

  /** Sends tokens at a fixed rate, those of the streams in turn. */
  ChatResult openLoop(double tokensPerSecond, Duration duration) throws IOException {
    begin();
    closedLoop = false;
    CpuTimes before = CpuTimes.now(server);
    long start = System.nanoTime();
    Pacer pacer = new Pacer(start, tokensPerSecond, duration.toNanos());
    while (!pacer.exhausted()) {
      long now = System.nanoTime();
      while (pacer.due(now)) {
        sendToken((int) (written % streams), pacer.take());
      }
      flush();
      selector.selectNow(this::serve);
    }
    settle();
    return result(start, before);
  }

  private void begin() {
    latencies = newHistogram();
    read = 0;
    written = 0;
    lastReply = System.nanoTime();
  }

  private void sendToken(int stream, long due) {
    ChatConnection writer = writers.get(stream % writers.size());
    if (++sent[stream] % TOKENS_OF_AN_ANSWER == 0) {
      beginAnswer(stream);
    }
    ChatRequests.Token token = tokens.get(stream);
    token.due(due);
    unanswered[stream] += 2;
    writer.add(token.append(), stream);
    writer.add(token.announce(), stream);
    written++;
    int place = (int) (written % ChatRequests.CYCLE);
    if (place % 2 == 0) {
      ChatConnection cache = caches.get(stream % caches.size());
      cache.add(requests.beside(ChatRequests.BESIDE.get(place / 2), turn++), BESIDE);
    }
  }

  private void beginAnswer(int stream) {
    ChatConnection writer = writers.get(stream % writers.size());
    ChatRequests.begin(stream).forEach(request -> writer.add(request, BESIDE));
  }

  private void read(long due) {
    latencies.recordValue(Math.max(0, System.nanoTime() - due));
    read++;
  }

  private void flush() {
    try {
      for (ChatConnection writer : writers) {
        writer.flush();
      }
      for (ChatConnection cache : caches) {
        cache.flush();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Goes on until every request was answered and every reader has every token. */
  private void settle() throws IOException {
    flush();
    while (waiting() || read < written * readersOfAStream) {
      selector.select(this::serve, 10);
      flush();
      if (System.nanoTime() - lastReply > SILENCE) {
        throw new IOException(
            "no reply for 30 s; of "
                + written
                + " tokens "
                + read
                + " were read, by "
                + readersOfAStream
                + " readers each");
      }
    }
  }

  private boolean waiting() {
    for (int i = 0; i < writers.size(); i++) {
      if (writers.get(i).waiting() > 0 || caches.get(i).waiting() > 0) {
        return true;
      }
    }
    return false;
  }

  private void serve(SelectionKey key) {
    try {
      switch (key.attachment()) {
        case ReaderConnection reader -> reader.receive(scratch);
        case ChatConnection connection -> serve(key, connection);
        default -> throw new IllegalStateException("a key without a connection");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void serve(SelectionKey key, ChatConnection connection) throws IOException {
    if (key.isReadable()) {
      int replies = connection.receive(scratch);
      lastReply = System.nanoTime();
      for (int i = 0; i < replies; i++) {
        int stream = connection.answered();
        if (stream >= 0 && --unanswered[stream] == 0 && closedLoop && lastReply < deadline) {
          sendToken(stream, lastReply);
        }
      }
    }
    if (key.isWritable()) {
      connection.flush();
    }
  }

  private ChatResult result(long start, CpuTimes before) throws IOException {
    CpuTimes cpu = CpuTimes.now(server).minus(before);
    return new ChatResult(written, System.nanoTime() - start, cpu, latencies);
  }

  @Override
  public void close() throws IOException {
    for (ChatConnection writer : writers) {
      writer.close();
    }
    for (ChatConnection cache : caches) {
      cache.close();
    }
    for (ReaderConnection reader : readers) {
      reader.close();
    }
    selector.close();
  }

  private static Histogram newHistogram() {
    return new Histogram(TimeUnit.HOURS.toNanos(1), 3);
  }
}
