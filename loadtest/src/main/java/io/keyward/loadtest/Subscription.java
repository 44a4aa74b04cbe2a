package io.keyward.loadtest;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.List;

/** A connection that listens to channels. */
final class Subscription {
  private final SocketChannel channel;

  /** Subscribes, and returns when the server has taken it. */
  private Subscription(InetSocketAddress address, List<String> channels) throws IOException {
    channel = SocketChannel.open(address);
    String[] words = new String[channels.size() + 1];
    words[0] = "SUBSCRIBE";
    for (int i = 0; i < channels.size(); i++) {
      words[i + 1] = channels.get(i);
    }
    ByteBuffer request = ByteBuffer.wrap(RequestTemplate.of(words).bytes());
    while (request.hasRemaining()) {
      channel.write(request);
    }
    receive(ByteBuffer.allocate(64));
    channel.configureBlocking(false);
  }

  /** A subscription that the selector shows when something has come. */
  static Subscription open(InetSocketAddress address, Selector selector, String channel)
      throws IOException {
    Subscription subscription = new Subscription(address, List.of(channel));
    subscription.channel.register(selector, SelectionKey.OP_READ, subscription);
    return subscription;
  }

  /** A subscription of a reader, whom the selector shows when something has come. */
  static Subscription open(
      InetSocketAddress address, Selector selector, List<String> channels, ReaderConnection reader)
      throws IOException {
    Subscription subscription = new Subscription(address, channels);
    subscription.channel.register(selector, SelectionKey.OP_READ, reader);
    return subscription;
  }

  /** Reads once; the buffer then holds what has come. */
  void receive(ByteBuffer scratch) throws IOException {
    scratch.clear();
    if (channel.read(scratch) < 0) {
      throw new EOFException("the server closed a subscriber's connection");
    }
    scratch.flip();
  }

  void close() throws IOException {
    channel.close();
  }
}
