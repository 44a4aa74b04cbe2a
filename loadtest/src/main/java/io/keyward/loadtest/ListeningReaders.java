package io.keyward.loadtest;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Subscribed clients that note when they learn that their connections are gone. */
final class ListeningReaders implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  private final List<Socket> sockets = new ArrayList<>();
  private final AtomicLong last = new AtomicLong(Long.MIN_VALUE);
  private final CountDownLatch listening;

  /** So many clients, each on a channel of its own; returns when all are subscribed. */
  ListeningReaders(InetSocketAddress address, int count) throws IOException, InterruptedException {
    listening = new CountDownLatch(count);
    CountDownLatch subscribed = new CountDownLatch(count);
    for (int i = 0; i < count; i++) {
      Socket socket = new Socket();
      sockets.add(socket);
      socket.connect(address);
      socket
          .getOutputStream()
          .write(RequestTemplate.of("SUBSCRIBE", "stream:{" + i + "}:events").bytes());
      Thread.ofVirtual().start(() -> listen(socket, subscribed));
    }
    if (!subscribed.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      close();
      throw new IOException("not every reader could subscribe");
    }
  }

  private void listen(Socket socket, CountDownLatch subscribed) {
    try {
      InputStream in = socket.getInputStream();
      int first = in.read();
      subscribed.countDown();
      while (first >= 0 && in.read() >= 0) {
        // What is published is not what is measured here.
      }
    } catch (IOException reset) {
      // The end, as well.
    }
    last.accumulateAndGet(System.nanoTime(), Math::max);
    listening.countDown();
  }

  /** When the last of them has learned it, on the clock of {@link System#nanoTime()}. */
  long lastEndNanos() throws IOException, InterruptedException {
    if (!listening.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new IOException(listening.getCount() + " readers hang on dead connections");
    }
    return last.get();
  }

  @Override
  public void close() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
