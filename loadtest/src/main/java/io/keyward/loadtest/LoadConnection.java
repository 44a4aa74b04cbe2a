package io.keyward.loadtest;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** One client connection: at most one pipeline of requests is under way on it. */
final class LoadConnection {
  private final SocketChannel channel;
  private final SelectionKey key;
  private final RequestBatch batch;
  private final ReplyScanner scanner = new ReplyScanner();
  private int outstanding;
  private long since;

  LoadConnection(InetSocketAddress address, Selector selector, RequestBatch batch)
      throws IOException {
    this(address, selector, batch, "");
  }

  /** A connection that has logged in by a line of its own; empty for none. */
  LoadConnection(InetSocketAddress address, Selector selector, RequestBatch batch, String login)
      throws IOException {
    this.batch = batch;
    channel = SocketChannel.open(address);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    if (!login.isEmpty()) {
      logIn(login);
    }
    channel.configureBlocking(false);
    key = channel.register(selector, SelectionKey.OP_READ, this);
  }

  private void logIn(String line) throws IOException {
    channel.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII)));
    ByteBuffer answer = ByteBuffer.allocate(256);
    ReplyScanner one = new ReplyScanner();
    int replies = 0;
    while (replies == 0) {
      answer.clear();
      if (channel.read(answer) < 0) {
        throw new EOFException("the server closed the connection");
      }
      answer.flip();
      replies = one.scan(answer);
    }
  }

  /** Replies that have not come to requests that have been sent. */
  int outstanding() {
    return outstanding;
  }

  /** The instant from which the latency of the requests under way counts. */
  long since() {
    return since;
  }

  long nulls() {
    return scanner.nulls();
  }

  void send(int requests, KeyNumbers numbers, long since) throws IOException {
    this.since = since;
    outstanding = requests * batch.repliesPerRequest();
    ByteBuffer buffer = batch.prepare(requests, numbers);
    channel.write(buffer);
    if (buffer.hasRemaining()) {
      key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
    }
  }

  /** Writes what the socket did not take before. */
  void flush() throws IOException {
    ByteBuffer buffer = batch.buffer();
    channel.write(buffer);
    if (!buffer.hasRemaining()) {
      key.interestOps(SelectionKey.OP_READ);
    }
  }

  /**
   * Reads once into the scratch buffer.
   *
   * @return how many requests were answered in full by it
   */
  int receive(ByteBuffer scratch) throws IOException {
    scratch.clear();
    int count = channel.read(scratch);
    if (count < 0) {
      throw new EOFException("the server closed the connection");
    }
    scratch.flip();
    int each = batch.repliesPerRequest();
    int unanswered = (outstanding + each - 1) / each;
    outstanding -= scanner.scan(scratch);
    if (outstanding < 0) {
      throw new MalformedReplyException("more replies than requests");
    }
    return unanswered - (outstanding + each - 1) / each;
  }

  void close() throws IOException {
    channel.close();
  }
}
