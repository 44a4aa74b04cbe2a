package io.keyward.loadtest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * An app instance's subscriber: hears the events of its streams and takes from each the instant at
 * which its token was due, which stands in it as {@code "due":"0123456789012345678"}.
 */
final class ReaderConnection {
  private static final byte[] MARK = "\"due\":\"".getBytes(ISO_8859_1);

  private final Subscription subscription;
  private final LongConsumer tokens;
  private int matched;
  private int digits;
  private long due;

  /**
   * Subscribes.
   *
   * @param tokens is given the instant at which each token was due
   */
  ReaderConnection(
      InetSocketAddress address, Selector selector, List<String> channels, LongConsumer tokens)
      throws IOException {
    this.tokens = tokens;
    subscription = Subscription.open(address, selector, channels, this);
  }

  /** Reads once and takes the tokens that have come whole. */
  void receive(ByteBuffer scratch) throws IOException {
    subscription.receive(scratch);
    while (scratch.hasRemaining()) {
      byte b = scratch.get();
      if (matched < MARK.length) {
        matched = b == MARK[matched] ? matched + 1 : b == MARK[0] ? 1 : 0;
        digits = 0;
        due = 0;
      } else if (digits < ChatRequests.DUE_DIGITS) {
        due = due * 10 + (b - '0');
        digits++;
      } else {
        matched = 0;
        tokens.accept(due);
      }
    }
  }

  void close() throws IOException {
    subscription.close();
  }
}
