package io.keyward.gateway.server;

import io.keyward.engine.Reply;
import java.util.ArrayDeque;

/**
 * The arrays in which one loop's replies gather between two flushes.
 *
 * <p>One that has grown is used again first, so that a busy loop soon stops growing any.
 */
final class ReplyArrays implements Reply.Buffers {
  private static final int FIRST = 1024;
  private static final int LARGEST_KEPT = 512 * 1024;
  private static final int MOST_KEPT_BYTES = 2 * 1024 * 1024;

  private final ArrayDeque<byte[]> free = new ArrayDeque<>();
  private int keptBytes;

  @Override
  public byte[] take() {
    byte[] array = free.pollFirst();
    if (array == null) {
      return new byte[FIRST];
    }
    keptBytes -= array.length;
    return array;
  }

  @Override
  public void giveBack(byte[] array) {
    if (array.length > LARGEST_KEPT || keptBytes + array.length > MOST_KEPT_BYTES) {
      return;
    }
    keptBytes += array.length;
    if (array.length > FIRST) {
      free.addFirst(array);
    } else {
      free.addLast(array);
    }
  }
}
