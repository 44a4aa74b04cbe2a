package io.keyward.loadtest;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * A client's connection as ioredis keeps it: requests are sent as they come, without waiting for
 * the replies to those before, and each reply is matched with its request by its place in line.
 */
final class ChatConnection {
  private static final int BUFFER_BYTES = 8 << 20;
  private static final int LINE = 1 << 16;

  private final SocketChannel channel;
  private final SelectionKey key;
  private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final ReplyScanner scanner = new ReplyScanner();

  /** What each request under way belongs to, oldest first; a ring. */
  private final int[] owners = new int[LINE];

  private int oldest;
  private int waiting;

  ChatConnection(InetSocketAddress address, Selector selector) throws IOException {
    channel = SocketChannel.open(address);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.configureBlocking(false);
    key = channel.register(selector, SelectionKey.OP_READ, this);
  }

  /** Puts a request in line; it leaves with {@link #flush()}. */
  void add(byte[] request, int owner) {
    if (waiting == LINE || out.remaining() < request.length) {
      throw new IllegalStateException(
          "the server is too slow for this load: " + waiting + " requests wait on a connection");
    }
    out.put(request);
    owners[(oldest + waiting++) & (LINE - 1)] = owner;
  }

  /** Writes what waits, as far as the socket takes it. */
  void flush() throws IOException {
    if (out.position() == 0) {
      return;
    }
    out.flip();
    channel.write(out);
    boolean rest = out.hasRemaining();
    out.compact();
    key.interestOps(rest ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
  }

  /** Reads once; returns how many replies were completed by it. */
  int receive(ByteBuffer scratch) throws IOException {
    scratch.clear();
    if (channel.read(scratch) < 0) {
      throw new EOFException("the server closed the connection");
    }
    return scanner.scan(scratch.flip());
  }

  /** The owner of the oldest request under way, which has been answered. */
  int answered() {
    int owner = owners[oldest];
    oldest = (oldest + 1) & (LINE - 1);
    waiting--;
    return owner;
  }

  /** Requests that have not been answered. */
  int waiting() {
    return waiting;
  }

  void close() throws IOException {
    channel.close();
  }
}
